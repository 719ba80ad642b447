import pg from "pg";
import { afterAll } from "vitest";
import { closeDatabase } from "#core/db.ts";

const template = "mindflow_template";

/** Clones the template and drops the clone after the file's last test. @returns the clone's URL */
export async function cloneDatabase(adminUrl: string, name: string): Promise<string> {
  const admin = new pg.Client(adminUrl);
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  afterAll(async () => {
    await closeDatabase();
    // Forcing ends what a test left open, but may not end Postgres' own housekeeping; without force, that gives way by itself.
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`).catch(async (error: { code?: string }) => {
      if (error.code !== "42501") throw error;
      await admin.query(`DROP DATABASE ${name}`);
    });
    await admin.end();
  });
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}
