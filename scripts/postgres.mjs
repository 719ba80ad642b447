// A real PostgreSQL without any installation: made on first use, adopted when its starter died, stopped with us.
// Nobody comes in without the generated password (SCRAM), and the application's role is no superuser.
import fs from "node:fs";
import path from "node:path";
import { run } from "./children.mjs";
import { makeDir } from "./data-dir.mjs";
import { beforeExit, isStopping } from "./lifetime.mjs";
import { findServer, startServer, stopServer, watchServer } from "./postgres-process.mjs";
import { postgresPrograms } from "./postgres-programs.mjs";
import { randomSecret } from "./secrets.mjs";
import { asUser, giveTo, ownerOf } from "./server-user.mjs";
import { Failure, Interrupted } from "./terminal.mjs";

/** The application's role and its database have one name. */
const ROLE = "mindflow";
const ADMIN = "postgres";

/** Whether a complete database lies in this folder. */
export const isDatabase = (dataDir) => fs.existsSync(path.join(dataDir, "PG_VERSION"));

const urlOf = (port, password, role, database) => `postgresql://${role}:${password}@127.0.0.1:${port}/${database}`;

/** Prepares an empty data folder beside its place and moves it there when it is complete: a start that is cut short leaves no half. */
async function create({ dataDir, programs, user, password, fast }) {
  const draft = `${dataDir}.new`;
  const passwordFile = `${dataDir}.password`;
  fs.rmSync(draft, { recursive: true, force: true });
  makeDir(draft, 0o700);
  giveTo(user, draft);
  fs.rmSync(passwordFile, { force: true });
  fs.writeFileSync(passwordFile, password, { mode: 0o600 });
  giveTo(user, passwordFile);
  try {
    const options = [
      "-D",
      draft,
      "-U",
      ADMIN,
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale-provider=builtin",
      "--locale=C.UTF-8",
      ...(fast ? ["--no-sync"] : []),
    ];
    await run(path.join(programs, "initdb"), options, {
      ...asUser(user),
      cwd: draft,
      env: { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" },
      what: "The database could not be created",
      remedy: "Its output is above. Set DATABASE_URL to use a PostgreSQL of your own instead.",
    });
  } finally {
    fs.rmSync(passwordFile, { force: true });
  }
  fs.renameSync(draft, dataDir);
}

/** Connects, or null when the server refuses exactly this role, password or database. */
async function connect(url) {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    return client;
  } catch (error) {
    if (["28P01", "28000", "3D000"].includes(error.code)) return null;
    throw error;
  }
}

/** Makes the application's role and database, and then takes the superuser's password away: nobody needs it any more. */
async function ensureRole(port, password) {
  const ready = await connect(urlOf(port, password, ROLE, ROLE));
  if (ready) return ready.end();
  const admin = await connect(urlOf(port, password, ADMIN, ADMIN));
  if (!admin)
    throw new Failure(
      "The database does not accept the password in secrets.json",
      "Restore the secrets.json that belongs to this database.",
    );
  try {
    const roles = await admin.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [ROLE]);
    // CREATEDB: tests and `npm run migrate -- check` work in databases of their own.
    if (roles.rowCount === 0) await admin.query(`CREATE ROLE ${ROLE} LOGIN CREATEDB PASSWORD '${password}'`);
    const databases = await admin.query("SELECT 1 FROM pg_database WHERE datname = $1", [ROLE]);
    if (databases.rowCount === 0) await admin.query(`CREATE DATABASE ${ROLE} OWNER ${ROLE}`);
    await admin.query(`ALTER ROLE ${ADMIN} PASSWORD NULL`);
  } finally {
    await admin.end();
  }
}

/**
 * Starts the server on `dataDir`, or adopts the one that runs there. The folder's parent must exist and be reachable by
 * the user the server runs as. The server stops with `stop()` or at the end of a process that uses `main()`.
 * @param {{ dataDir: string, password?: string, fast?: boolean }} options `fast`: for data nobody will miss
 * @returns {Promise<{ port: number, adopted: boolean, url: (database?: string) => string, ended: () => Promise<never>, stop: () => Promise<void> }>}
 *   `ended()` rejects when the server ends without being asked to
 */
export async function startPostgres({ dataDir, password = randomSecret(), fast = false }) {
  const user = ownerOf(dataDir);
  const forget = beforeExit(() => stopServer(dataDir));
  let server = await findServer(dataDir);
  const adopted = server !== null;
  if (!server) {
    const programs = postgresPrograms(user);
    if (!isDatabase(dataDir)) await create({ dataDir, programs, user, password, fast });
    if (isStopping()) throw new Interrupted();
    server = await startServer({ dataDir, programs, user, fast });
  }
  await ensureRole(server.port, password);
  return {
    port: server.port,
    adopted,
    url: (database = ROLE) => urlOf(server.port, password, ROLE, database),
    ended: () => watchServer(server),
    async stop() {
      forget();
      await stopServer(dataDir);
    },
  };
}
