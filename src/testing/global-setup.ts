import pg from "pg";
import type { TestProject } from "vitest/node";
import { deploy } from "../../scripts/migrate.mjs";
import { startThrowaway } from "../../scripts/throwaway.mjs";

declare module "vitest" {
  interface ProvidedContext {
    /** A superuser's URL of the throw-away server; `mindflow_template` holds the migrated, empty database. */
    postgresUrl: string;
  }
}

/** One real Postgres for the whole run, with a migrated template that every test file clones. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startThrowaway();
  const admin = server.url("postgres");
  const client = new pg.Client(admin);
  await client.connect();
  await client.query("CREATE DATABASE mindflow_template");
  await deploy(server.url("mindflow_template"));
  await client.query("ALTER DATABASE mindflow_template WITH is_template true allow_connections false");
  await client.end();
  project.provide("postgresUrl", admin);
  return async () => server.stop();
}
