import { beforeEach, describe, expect, test } from "vitest";
import { run } from "#testing/rows.ts";
import { applySettings } from "#testing/settings.ts";
import { closeDatabase, pooled, prisma, sql, transaction } from "./db.ts";
import { toAppError } from "./errors.ts";

applySettings({ STATEMENT_TIMEOUT_SECONDS: "1", DATABASE_POOL_MAX: "4" });

beforeEach(async () => {
  await run("CREATE TABLE IF NOT EXISTS notes (text text PRIMARY KEY)");
  await run("DELETE FROM notes");
});
const insert = sql("INSERT INTO notes VALUES ($1)");
const notes = async () => (await run<{ text: string }>("SELECT text FROM notes ORDER BY text")).map(({ text }) => text);
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => toAppError(error).code,
  );

test("a server that has gone silent is waited for a little longer than its own limit, not for ever", async () => {
  const silent = transaction(async (db) => {
    // So that the server does not end it by itself.
    await db.query(sql("SET LOCAL statement_timeout = 0"), []);
    await db.query(sql("SELECT pg_sleep(9)"), []);
  });
  expect(await codeOf(silent)).toBe("UNAVAILABLE");
  expect(await pooled().query(sql("SELECT 1 AS one"), [])).toEqual([{ one: 1 }]);
});

describe("a transaction", () => {
  test("keeps everything when it ends well, and answers what the work answered", async () => {
    let counted = 0;
    const answer = await transaction(
      async (db) => {
        await db.query(insert, ["a"]);
        db.last(insert, ["b"]);
        return 42;
      },
      () => counted++,
    );
    expect([answer, counted, await notes()]).toEqual([42, 2, ["a", "b"]]);
  });

  test("that does nothing is fine", async () => {
    expect(await transaction(async () => "nothing")).toBe("nothing");
  });

  test.each<[string, Parameters<typeof transaction>[0]]>([
    [
      "the work throws",
      async (db) => {
        await db.query(insert, ["a"]);
        throw new Error("changed my mind");
      },
    ],
    ["the work throws before it asks anything", () => Promise.reject(new Error("at once"))],
    ["the first statement fails", (db) => db.query(sql("SELECT * FROM nowhere"), [])],
    [
      "a later statement fails",
      async (db) => {
        await db.query(insert, ["a"]);
        await db.query(insert, ["a"]);
      },
    ],
    [
      "the last statement fails",
      async (db) => {
        await db.query(insert, ["a"]);
        db.last(insert, ["a"]);
      },
    ],
    [
      "the only statement is the last and fails",
      async (db) => {
        db.last(sql("SELECT * FROM nowhere"), []);
      },
    ],
    [
      "the work throws after its last statement",
      async (db) => {
        db.last(insert, ["a"]);
        throw new Error("too late");
      },
    ],
    [
      "a failed statement was passed over",
      async (db) => {
        await db.query(insert, ["a"]);
        await db.query(sql("SELECT 1 / 0"), []).catch(() => undefined);
      },
    ],
    [
      "a check that waits for the end fails",
      async (db) => {
        await db.query(insert, ["a"]);
        await db.query(sql("CREATE TEMP TABLE late (n int UNIQUE DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP"), []);
        await db.query(sql("INSERT INTO late VALUES (1), (1)"), []);
      },
    ],
  ])("leaves nothing when %s (requirements S2-24)", async (_, work) => {
    await expect(transaction(work)).rejects.toThrow();
    expect(await notes()).toEqual([]);
    // The connection is good for the next one.
    await transaction(async (db) => void (await db.query(insert, ["next"])));
    expect(await notes()).toEqual(["next"]);
  });

  test("tells of the statement that failed, not of the end that could not be", async () => {
    const failure = transaction(async (db) => {
      db.last(sql("SELECT * FROM nowhere"), []);
    });
    await expect(failure).rejects.toMatchObject({ code: "42P01" });
  });

  test("whose connection dies leaves nothing and is no server fault; the pool goes on", async () => {
    const killed = transaction(async (db) => {
      await db.query(insert, ["a"]);
      const [row] = await db.query<{ pid: number }>(sql("SELECT pg_backend_pid() AS pid"), []);
      await run("SELECT pg_terminate_backend($1)", [row?.pid]);
      await db.query(insert, ["b"]);
    });
    expect(await codeOf(killed)).toBe("UNAVAILABLE");
    expect(await notes()).toEqual([]);
    await transaction(async (db) => void (await db.query(insert, ["after"])));
    expect(await notes()).toEqual(["after"]);
  });

  test("that fails gives its connection back, however often", async () => {
    const failing = Array.from({ length: 40 }, () =>
      codeOf(transaction(async (db) => db.query(sql("SELECT 1 / 0"), []))),
    );
    expect(new Set(await Promise.all(failing))).toEqual(new Set(["INTERNAL_ERROR"]));
    await Promise.all(
      Array.from({ length: 12 }, (_, n) => transaction(async (db) => void (await db.query(insert, [`${n}`])))),
    );
    expect(await notes()).toHaveLength(12);
  });

  test("never mixes with others that run at the same time", async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) =>
        transaction(async (db) => {
          await db.query(insert, [`${n} first`]);
          await db.query(sql("SELECT pg_sleep(0.005)"), []);
          if (n % 2) throw new Error("odd");
          db.last(insert, [`${n} last`]);
        }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(10);
    const kept = await notes();
    expect(kept).toHaveLength(20);
    expect(kept.every((text) => Number.parseInt(text, 10) % 2 === 0)).toBe(true);
  });
});

describe("a statement", () => {
  test("that takes too long is stopped and is no server fault", async () => {
    expect(await codeOf(pooled().query(sql("SELECT pg_sleep(30)"), []))).toBe("UNAVAILABLE");
    expect(await codeOf(transaction(async (db) => db.query(sql("SELECT pg_sleep(30)"), [])))).toBe("UNAVAILABLE");
  });

  test("has one name for one text", () => {
    expect(sql("SELECT 1")).toBe(sql("SELECT 1"));
    expect(sql("SELECT 1").name).not.toBe(sql("SELECT 2").name);
    expect(sql("SELECT 1").name.length).toBeLessThan(64);
  });

  test.each([
    ["2026-11-21 10:00:00+00", "2026-11-21T10:00:00.000Z"],
    ["2026-11-21 10:00:00.1+00", "2026-11-21T10:00:00.100Z"],
    ["2026-11-21 10:00:00.12+00", "2026-11-21T10:00:00.120Z"],
    ["2026-11-21 10:00:00.123+00", "2026-11-21T10:00:00.123Z"],
    ["2026-11-21 10:00:00.1234+00", "2026-11-21T10:00:00.123Z"],
    ["2026-11-21 10:00:00.123456+00", "2026-11-21T10:00:00.123Z"],
    ["2026-11-21 15:45:00+05:45", "2026-11-21T10:00:00.000Z"],
    ["1900-01-01 00:00:00+00", "1900-01-01T00:00:00.000Z"],
    ["9999-12-31 23:59:59.999+00", "9999-12-31T23:59:59.999Z"],
    ["infinity", "infinity"],
  ])("gives the instant %s as %s", async (given, expected) => {
    expect(await run("SELECT $1::timestamptz AS at", [given])).toEqual([{ at: expected }]);
  });

  test("gives days as they are and large counts as numbers", async () => {
    expect(
      await run("SELECT '2026-11-21'::date AS day, count(*) AS count, NULL::timestamptz AS none FROM notes"),
    ).toEqual([{ day: "2026-11-21", count: 0, none: null }]);
  });
});

test("the connections end, and open again when somebody asks", async () => {
  expect(await prisma().user.count()).toBe(0);
  await closeDatabase();
  await closeDatabase();
  expect(await notes()).toEqual(expect.any(Array));
});

test("a connection keeps no more prepared statements than the product has, however many filters are combined", async () => {
  for (let n = 0; n < 350; n++) expect(await pooled().query(sql(`SELECT ${n} AS n`), [])).toEqual([{ n }]);
  const text = "SELECT 349 AS n";
  expect([sql(text).name, sql("SELECT 1 AS n").name]).toEqual(["", expect.stringMatching(/^s[0-9a-f]{20}$/)]);
  const [kept] = await pooled().query<{ most: number }>(
    sql("SELECT count(*)::int AS most FROM pg_prepared_statements"),
    [],
  );
  expect(kept?.most).toBeLessThanOrEqual(300);
});
