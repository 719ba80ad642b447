// Migrations by Prisma's schema engine as WebAssembly: nothing to download, the same prisma/migrations folder and the same
// _prisma_migrations table as Prisma's own command line.
// usage: npm run migrate -- deploy | create <name> | check | reset --yes
import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { inRoot, isMain, shown } from "./paths.mjs";
import { Failure, say } from "./terminal.mjs";

const MIGRATIONS = inRoot("prisma/migrations");
const SCHEMA = inRoot("prisma/schema.prisma");
const LOCK_FILE = "migration_lock.toml";
// Any number will do, as long as no other code locks it.
const ADVISORY_LOCK = 4_711_018_001;
const filters = { externalTables: [], externalEnums: [] };

/** The migrations in the repository, oldest first. */
async function readMigrations() {
  const entries = await fs.readdir(MIGRATIONS, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names
      .sort()
      .map(async (name) => ({ name, sql: await fs.readFile(path.join(MIGRATIONS, name, "migration.sql"), "utf8") })),
  );
}

/** Runs `work` with an engine; loaded late, because most starts find nothing to do. */
async function withEngine(url, work) {
  const { withSchemaEngine } = await import("./schema-engine.mjs");
  return withSchemaEngine(url, work);
}

const schemaFiles = async () => ({ files: [{ path: SCHEMA, content: await fs.readFile(SCHEMA, "utf8") }] });

async function history() {
  return {
    baseDir: MIGRATIONS,
    lockfile: { path: LOCK_FILE, content: 'provider = "postgresql"\n' },
    shadowDbInitScript: "",
    migrationDirectories: (await readMigrations()).map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: "migration.sql", content: { tag: "ok", value: sql } },
    })),
  };
}

/** Whether every migration of the repository is applied, unaltered; one query instead of waking the engine. */
async function isUpToDate(client, migrations) {
  const { rows: tables } = await client.query("SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there");
  if (!tables[0].there) return false;
  const { rows } = await client.query(
    "SELECT migration_name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL",
  );
  const applied = new Map(rows.map((row) => [row.migration_name, row.checksum]));
  return migrations.every(({ name, sql }) => applied.get(name) === createHash("sha256").update(sql).digest("hex"));
}

/**
 * Applies what is missing. Any number of instances may call this at once: one applies, the others wait for it.
 * @param {string} url of the database
 * @returns {Promise<string[]>} names of the migrations applied by this call
 */
export async function deploy(url) {
  const { default: pg } = await import("pg");
  const migrations = await readMigrations();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    if (await isUpToDate(client, migrations)) return [];
    // The engine has a lock of its own but gives up after ten seconds; a long migration elsewhere is no reason to fail here.
    await client.query("SELECT pg_advisory_lock($1)", [ADVISORY_LOCK]);
    if (await isUpToDate(client, migrations)) return [];
    return await withEngine(
      url,
      async (engine) =>
        (await engine.applyMigrations({ migrationsList: await history(), filters })).appliedMigrationNames,
    );
  } finally {
    await client.end();
  }
}

/** SQL that would bring the migrations, replayed in a shadow database, to schema.prisma; "" when they agree. */
async function pending(engine) {
  const found = await engine.diff({
    from: { tag: "migrations", ...(await history()) },
    to: { tag: "schemaDatamodel", ...(await schemaFiles()) },
    script: true,
    exitCode: true,
    filters,
  });
  return found.exitCode === 0 ? "" : found.stdout;
}

/** Writes a migration for what schema.prisma has and the migrations lack; returns its path, or null when there is nothing. */
export const create = (url, name) =>
  withEngine(url, async (engine) => {
    const sql = await pending(engine);
    if (!sql) return null;
    const dir = path.join(MIGRATIONS, `${new Date().toISOString().replace(/\D/g, "").slice(0, 14)}_${name}`);
    await fs.mkdir(dir, { recursive: true });
    await fs.writeFile(path.join(dir, "migration.sql"), sql);
    return path.join(dir, "migration.sql");
  });

/** Differences between schema.prisma, the migrations and the database; [] when all three agree. */
export const check = (url) =>
  withEngine(url, async (engine) => {
    const list = await history();
    const problems = [];
    const sql = await pending(engine);
    if (sql) problems.push(`schema.prisma has changes without a migration (npm run migrate -- create <name>):\n${sql}`);
    const { action } = await engine.devDiagnostic({ migrationsList: list, filters });
    if (action.tag === "reset") problems.push(action.reason);
    const found = await engine.diagnoseMigrationHistory({
      migrationsList: list,
      optInToShadowDatabase: false,
      filters,
    });
    if (found.history) problems.push(`The database and the folder differ: ${JSON.stringify(found.history)}`);
    if (found.editedMigrationNames.length > 0)
      problems.push(`Edited after being applied: ${found.editedMigrationNames.join(", ")}`);
    if (found.failedMigrationNames.length > 0) problems.push(`Failed: ${found.failedMigrationNames.join(", ")}`);
    return problems;
  });

/** Empties the database, all data included, and applies every migration. */
export async function reset(url) {
  await withEngine(url, (engine) => engine.reset({ filter: filters }));
  return deploy(url);
}

/** What the person reads when a migration fails. */
export const migrationFailure = (error) =>
  new Failure(
    "The database could not be brought up to date",
    "Nothing of the failed migration was kept. Mend its SQL (or the data it stumbles over) and start again.\nIf it is noted as failed: DELETE FROM _prisma_migrations WHERE finished_at IS NULL.",
    error.message,
  );

const USAGE = `npm run migrate -- deploy          applies missing migrations
npm run migrate -- create <name>   writes a migration for the changes in prisma/schema.prisma
npm run migrate -- check           compares prisma/schema.prisma with the migrations
npm run migrate -- reset --yes     empties the database, all data included`;

/** Commands that compare or write files work on an empty database, the others on the real one. */
const COMMANDS = {
  async deploy() {
    const { borrowDatabase } = await import("./database.mjs");
    const applied = await deploy(await borrowDatabase("npm run migrate"));
    say(applied.length > 0 ? `Applied ${applied.join(", ")}` : "Nothing to apply");
    return 0;
  },
  async create(name) {
    if (!/^[a-z0-9_]+$/.test(name ?? ""))
      throw new Failure("A migration needs a name of lower-case letters, digits and _", USAGE);
    const file = await create(await emptyDatabase(), name);
    say(
      file
        ? `Wrote ${shown(file)}. Read it, then run: npm run migrate -- deploy`
        : "prisma/schema.prisma has nothing the migrations lack",
    );
    return 0;
  },
  async check() {
    const url = await emptyDatabase();
    await deploy(url);
    const problems = await check(url);
    if (problems.length > 0)
      throw new Failure("prisma/schema.prisma and prisma/migrations differ", "", problems.join("\n"));
    say("prisma/schema.prisma and prisma/migrations agree");
    return 0;
  },
  async reset(consent) {
    if (consent !== "--yes")
      throw new Failure("This removes every account and every task", "If you mean it: npm run migrate -- reset --yes");
    const { borrowDatabase } = await import("./database.mjs");
    await reset(await borrowDatabase("npm run migrate"));
    say("The database is empty and up to date");
    return 0;
  },
};

async function emptyDatabase() {
  const { startThrowaway } = await import("./throwaway.mjs");
  return (await startThrowaway()).url();
}

async function run() {
  const [command, name] = process.argv.slice(2);
  if (!Object.hasOwn(COMMANDS, command ?? "")) throw new Failure("Which migration command?", USAGE);
  const { install } = await import("./install.mjs");
  const { loadEnvFile } = await import("./environment.mjs");
  loadEnvFile();
  await install();
  return COMMANDS[command](name);
}

if (isMain(import.meta.url)) {
  const { main } = await import("./lifetime.mjs");
  await main(run);
}
