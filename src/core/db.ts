import "server-only";
import { createHash } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { PrismaClient } from "#generated/prisma/client.ts";
import { env } from "./env.ts";
import { withoutFence } from "./fence.ts";

/**
 * A prepared statement: its name is the hash of its text, so the same text is planned once per connection. `unfenced` is the
 * same for whoever has no fence (fence.ts).
 */
export type Sql = Readonly<{ name: string; text: string; unfenced?: Sql | undefined }>;

/** A handle on the database: the pool, or one transaction. Counts what it runs. */
export interface Db {
  query<Row extends object>(statement: Sql, values: readonly unknown[]): Promise<Row[]>;
}

/** A handle inside a transaction. */
export interface Transaction extends Db {
  /** The statement that ends the work: it travels with COMMIT, and its failure is the transaction's. Nothing comes after it. */
  last(statement: Sql, values: readonly unknown[]): void;
}

const statements = new Map<string, Sql>();
const nameOf = (kind: string, text: string) => kind + createHash("sha256").update(text).digest("hex").slice(0, 20);

// Every connection keeps what it prepared until it ends, some 40 KB each. The product has about a hundred texts, but the filters
// of a list make a hundred thousand: whoever asked for all of them would fill Postgres' memory.
const preparedMax = 300;

/**
 * Names a statement. Texts are constants or composed from a closed set of fragments, never from input. Beyond the first few
 * hundred they have no name: Postgres plans them anew each time and forgets them.
 */
export function sql(text: string): Sql {
  const known = statements.get(text);
  if (known) return known;
  const open = withoutFence(text);
  const unfenced = open === undefined ? {} : { unfenced: sql(open) };
  if (statements.size >= preparedMax) return { name: "", text, ...unfenced };
  const statement = { name: nameOf("s", text), text, ...unfenced };
  statements.set(text, statement);
  return statement;
}

const { builtins } = pg.types;
/** Postgres drops trailing zeros of the fraction; by length, what completes it to milliseconds. */
const tails = new Map([
  [22, ".000Z"],
  [24, "00Z"],
  [25, "0Z"],
  [26, "Z"],
]);

/** ISO 8601 in UTC with milliseconds, without a detour through Date (performance.md: lists 1.5× faster). */
function isoInstant(value: string): string {
  const tail = tails.get(value.length);
  if (tail !== undefined && value.endsWith("+00")) return `${value.slice(0, 10)}T${value.slice(11, -3)}${tail}`;
  return value === "infinity" ? value : new Date(value).toISOString();
}

const parsers = new Map<number, (value: string) => unknown>([
  [builtins.TIMESTAMPTZ, isoInstant],
  [builtins.DATE, (value) => value],
  [builtins.INT8, Number],
]);
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") =>
    parsers.get(oid) ?? pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

type Handles = { pool: pg.Pool; prisma: PrismaClient };
// Next builds pages and app as separate bundles: module state would exist twice, and so would the pool.
const shared = globalThis as unknown as { mindflowDatabase?: Handles };

function open(): Handles {
  const { DATABASE_URL, DATABASE_POOL_MAX, DATABASE_WAIT_SECONDS, STATEMENT_TIMEOUT_SECONDS } = env();
  const pool = new pg.Pool({
    connectionString: DATABASE_URL,
    max: DATABASE_POOL_MAX,
    connectionTimeoutMillis: DATABASE_WAIT_SECONDS * 1000,
    idleTimeoutMillis: 60_000,
    // What is sent before an answer came is not held back: BEGIN and COMMIT travel with their neighbours (see `transaction`).
    pipeline: true,
    statement_timeout: STATEMENT_TIMEOUT_SECONDS * 1000,
    // Kept by this side, for when the other is silent: frozen, or behind a network that lost it. Without it a statement would
    // wait for ever, and soon every connection for one.
    query_timeout: (STATEMENT_TIMEOUT_SECONDS + 2) * 1000,
    keepAlive: true,
    idle_in_transaction_session_timeout: 30_000,
    application_name: "mindflow",
    options: "-c timezone=UTC",
  });
  // An idle connection that dies (restart of the server) is replaced at the next query; without a listener it would end the process.
  pool.on("error", () => undefined);
  // So is one that dies in somebody's hands: its statements are rejected, but its own event would end the process as well.
  pool.on("connect", (client) => client.on("error", () => undefined));
  const adapter = new PrismaPg(pool, {
    statementNameGenerator: (query) => nameOf("p", query.sql),
  });
  return { pool, prisma: new PrismaClient({ adapter }) };
}

function handles(): Handles {
  shared.mindflowDatabase ??= open();
  return shared.mindflowDatabase;
}

/** Prisma on the same pool: for identity and scripts, where clarity counts more than microseconds. */
export const prisma = (): PrismaClient => handles().prisma;

async function run<Row extends object>(client: pg.Pool | pg.PoolClient, statement: Sql, values: readonly unknown[]) {
  // By convention $2 is the fence wherever a statement knows one (context.ts).
  const { name, text } = (values[1] === null && statement.unfenced) || statement;
  const { rows } = await client.query<Row>({ name, text, values: values as unknown[], types });
  return rows;
}

/** The pool as a handle; `count` is told of every statement. */
export const pooled = (count: () => void = () => undefined): Db => ({
  query: (statement, values) => {
    count();
    return run(handles().pool, statement, values);
  },
});

const ignore = () => undefined;

/**
 * Runs `work` between BEGIN and COMMIT on one connection; whatever it throws rolls everything back. BEGIN travels with the
 * first statement and COMMIT with the last, which saves two of five waits: a COMMIT behind a statement that failed is a
 * ROLLBACK to Postgres. The connection is thrown away when even ROLLBACK fails.
 */
export async function transaction<T>(work: (db: Transaction) => Promise<T>, count: () => void = ignore): Promise<T> {
  const client = await handles().pool.connect();
  let broken: Error | undefined;
  try {
    const begun = client.query("BEGIN");
    // Awaited below; until then a refusal must not count as unhandled.
    begun.catch(ignore);
    let ended: Promise<unknown> = Promise.resolve();
    const query = async <Row extends object>(statement: Sql, values: readonly unknown[]) => {
      count();
      const rows = run<Row>(client, statement, values);
      rows.catch(ignore);
      await begun;
      return await rows;
    };
    const result = await work({
      query,
      last(statement, values) {
        ended = query(statement, values);
        ended.catch(ignore);
      },
    });
    const [{ command }] = await Promise.all([client.query("COMMIT"), begun, ended]);
    if (command !== "COMMIT") throw new Error("The transaction had failed before its end");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Ends every connection: for scripts, tests and shutdown. */
export async function closeDatabase(): Promise<void> {
  const open = shared.mindflowDatabase;
  delete shared.mindflowDatabase;
  await open?.prisma.$disconnect();
  if (open && !open.pool.ended) await open.pool.end();
}
