import pg from "pg";
import { describe, expect, test } from "vitest";
import { prisma } from "./db.ts";
import { env } from "./env.ts";
import { AppError, type ErrorCode, errorTable, invalid, notFound, toAppError } from "./errors.ts";

describe("the table of errors", () => {
  test("has at most twelve codes (design §5)", () => {
    expect(Object.keys(errorTable).length).toBeLessThanOrEqual(12);
  });

  test.each(Object.entries(errorTable))("%s has a status, a tRPC code and a title", (_, { status, trpc, title }) => {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(trpc).toMatch(/^[A-Z_]+$/);
    expect(title).not.toBe("");
  });

  test("only our own faults are 5xx", () => {
    const faults = Object.entries(errorTable).filter(([, { status }]) => status >= 500);
    expect(faults.map(([code]) => code)).toEqual(["INTERNAL_ERROR", "UNAVAILABLE"] satisfies ErrorCode[]);
  });
});

describe("whatever is thrown becomes a refusal that is safe to show", () => {
  test("a refusal of ours passes unchanged", () => {
    const error = notFound();
    expect(toAppError(error)).toBe(error);
    expect(invalid("title", "Cannot be empty.")).toMatchObject({
      code: "VALIDATION_ERROR",
      details: [{ field: "title", message: "Cannot be empty." }],
    });
  });

  test.each<[ErrorCode, readonly string[]]>([
    ["UNAVAILABLE", ["57014", "57P01", "57P02", "57P03", "53300", "53400", "08000", "08003", "08006", "55P03"]],
    ["UNAVAILABLE", ["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND"]],
    ["UNAVAILABLE", ["P1001", "P1002", "P1008", "P1017", "P2024", "P2028"]],
    ["CONFLICT", ["23505", "23503", "40001", "40P01", "P2002", "P2034"]],
    ["VALIDATION_ERROR", ["22P05", "22021", "22P02", "23514", "22001", "22003", "22007", "22008", "22009"]],
  ])("%s for the codes %j", (expected, codes) => {
    for (const code of codes) {
      const error = toAppError(Object.assign(new Error("secret detail"), { code }));
      expect([code, error.code]).toEqual([code, expected]);
      expect(error.message).not.toContain("secret detail");
    }
  });

  test.each([
    new Error("secret detail"),
    new TypeError("secret detail"),
    Object.assign(new Error("secret detail"), { code: "42P01" }),
    { message: "secret detail" },
    "secret detail",
    null,
    undefined,
    42,
    Symbol("secret detail"),
  ])("what is unexpected is masked and keeps its cause for the log (requirements S0-29)", (thrown) => {
    const error = toAppError(thrown);
    expect(error.code).toBe("INTERNAL_ERROR");
    expect(JSON.stringify([error.message, error.details])).not.toContain("secret detail");
    expect(error.cause).toBe(thrown);
  });

  test.each([
    "timeout exceeded when trying to connect",
    "Connection terminated",
    "Connection terminated unexpectedly",
    "Connection terminated due to connection timeout",
    "Client has encountered a connection error and is not queryable",
    "Client was closed and is not queryable",
  ])("“%s”, which pg says without a code, is unavailable, with a time to come back", (message) => {
    expect(toAppError(new Error(message))).toMatchObject({ code: "UNAVAILABLE", retryAfterSeconds: 2 });
  });

  test("a server that is not there is unavailable, as pg and as Prisma say it", async () => {
    const closed = new pg.Client("postgresql://u:p@127.0.0.1:1/x");
    expect(toAppError(await closed.connect().catch((error: unknown) => error)).code).toBe("UNAVAILABLE");
  });

  test("a real unique violation is a conflict, through pg and through Prisma (requirements S2-24)", async () => {
    const client = new pg.Client(env().DATABASE_URL);
    await client.connect();
    const twice = () =>
      client.query(
        "INSERT INTO users (id, email, name) VALUES ('019aa000-0000-7000-8000-000000000001', 'twice@example.com', 'Ada')",
      );
    await twice();
    const failure = await twice().catch((error: unknown) => error);
    await client.end();
    expect(toAppError(failure).code).toBe("CONFLICT");
    const again = prisma().user.create({
      data: { id: "019aa000-0000-7000-8000-000000000002", email: "twice@example.com", name: "Ada" },
    });
    expect(toAppError(await again.catch((error: unknown) => error)).code).toBe("CONFLICT");
  });

  test("an AppError keeps what the doors need", () => {
    const cause = new Error("why");
    const error = new AppError("RATE_LIMIT_EXCEEDED", "Slow down.", { retryAfterSeconds: 7, cause });
    expect(error).toMatchObject({ name: "AppError", code: "RATE_LIMIT_EXCEEDED", details: [], retryAfterSeconds: 7 });
    expect(error.cause).toBe(cause);
  });
});
