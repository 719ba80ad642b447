// The database the application works on: the one DATABASE_URL names, or the one that comes with MindFlow.
import { claim, claimsOf, isLeaving, waitForEnd } from "./claims.mjs";
import { databaseHome, databaseIn } from "./database-home.mjs";
import { startPostgres } from "./postgres.mjs";
import { findServer } from "./postgres-process.mjs";
import { freshSecrets, loadSecrets } from "./secrets.mjs";
import { Failure, step } from "./terminal.mjs";
import { startThrowaway } from "./throwaway.mjs";

/**
 * Claims the right to serve from this folder: one `npm start` or `npm run dev` at a time.
 * @param {string} command what the person typed
 */
export function claimServer(command) {
  return claim("server", command, async (rival) => {
    if (
      isLeaving(rival) &&
      (await step(`Waiting for process ${rival.owner.pid} to stop`, "It stopped", () =>
        waitForEnd(rival.owner, 20_000),
      ))
    )
      return;
    const where = rival.url ? `already running at ${rival.url}` : "already being started";
    throw new Failure(
      `MindFlow is ${where} (${rival.command}, process ${rival.owner.pid})`,
      `Use that one, or stop it first: Ctrl-C where it runs, or kill ${rival.owner.pid}.`,
    );
  });
}

/** Claims the right to install and build in this folder, waiting for whoever does so now. */
export const claimFiles = (command) =>
  claim("files", command, async (rival) => {
    const who = `${rival.command} (process ${rival.owner.pid})`;
    await step(`Waiting for ${who} to finish installing or building`, `${who} finished`, async () => {
      while (claimsOf("files").some((other) => other.name === rival.name)) await waitForEnd(rival.owner, 250);
    });
  });

/**
 * What is known of the database before it runs: enough to check the settings.
 * @param {{ throwaway?: boolean }} options
 */
export async function planDatabase({ throwaway = false } = {}) {
  if (process.env.DATABASE_URL && !throwaway) return { kind: "external", url: process.env.DATABASE_URL, secrets: {} };
  if (throwaway) return { kind: "throwaway", url: "postgresql://mindflow@127.0.0.1/mindflow", secrets: freshSecrets() };
  const home = await databaseHome();
  const { dataDir, exists } = databaseIn(home);
  return {
    kind: "embedded",
    url: "postgresql://mindflow@127.0.0.1/mindflow",
    secrets: loadSecrets(home, { databaseExists: exists }),
    dataDir,
  };
}

/**
 * Starts what the plan needs.
 * @returns {Promise<{ url: string, ended: () => Promise<never> }>} `ended()` rejects when a server of ours ends by itself
 */
export async function openDatabase(plan) {
  if (plan.kind === "external") return { url: plan.url, ended: () => new Promise(() => undefined) };
  const start =
    plan.kind === "throwaway"
      ? startThrowaway
      : () => startPostgres({ dataDir: plan.dataDir, password: plan.secrets.DATABASE_PASSWORD });
  const server = await step("Starting the database", "Started the database", start);
  return { url: server.url(), ended: server.ended };
}

/** The URL of the embedded database for a short command: the running one where MindFlow runs, else one that stops with us. */
export async function borrowDatabase(command) {
  const plan = await planDatabase();
  if (plan.kind !== "embedded") return plan.url;
  if (claimsOf("server").length > 0) {
    const server = await findServer(plan.dataDir);
    if (server) return `postgresql://mindflow:${plan.secrets.DATABASE_PASSWORD}@127.0.0.1:${server.port}/mindflow`;
  }
  await claimServer(command);
  return (await openDatabase(plan)).url;
}

/** Applies missing migrations. */
export async function migrateDatabase(url) {
  const { deploy, migrationFailure } = await import("./migrate.mjs");
  try {
    await step("Bringing the database up to date", "Brought the database up to date", () => deploy(url));
  } catch (error) {
    throw connectionFailure(error) ?? migrationFailure(error);
  }
}

/** What to do about a database of one's own that does not let us in; null for other errors. */
function connectionFailure(error) {
  const codes = ["ECONNREFUSED", "ENOTFOUND", "ETIMEDOUT", "EHOSTUNREACH", "28P01", "28000", "3D000"];
  if (!codes.includes(error.code)) return null;
  return new Failure(
    `The database does not answer: ${error.message || error.code}`,
    "Check DATABASE_URL: its host, port, user, password and database.\nWithout DATABASE_URL MindFlow brings its own database.",
  );
}

/** Whether anybody has an account yet. */
export async function hasUsers(url) {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query("SELECT EXISTS (SELECT 1 FROM users) AS found")).rows[0].found;
  } finally {
    await client.end();
  }
}
