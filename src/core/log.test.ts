import { describe, expect, test } from "vitest";
import { captureLog, type LogLine } from "#testing/captured-log.ts";
import { prisma } from "./db.ts";
import { AppError, toAppError } from "./errors.ts";
import { finishEvent, log, type RequestEvent, startEvent } from "./log.ts";

async function lineOf(fill: (event: RequestEvent) => void) {
  const { lines, text } = await captureLog(async () => {
    const event = startEvent("request-1", "rest", "GET", "/api/v1/tasks");
    fill(event);
    finishEvent(event);
  });
  expect(lines).toHaveLength(1);
  return { line: lines[0] as LogLine, text };
}

describe("one wide event per request", () => {
  test("says what came, who, through what, and how it ended", async () => {
    const { line } = await lineOf((event) => {
      Object.assign(event, { status: 200, capability: "tasks.list", actor: "person-1", via: "browser", queries: 2 });
    });
    expect(line).toMatchObject({
      level: "info",
      msg: "request",
      requestId: "request-1",
      door: "rest",
      method: "GET",
      path: "/api/v1/tasks",
      status: 200,
      capability: "tasks.list",
      actor: "person-1",
      via: "browser",
      queries: 2,
      milliseconds: expect.any(Number),
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    expect(line).not.toHaveProperty("startedAt");
    expect(line).not.toHaveProperty("failure");
  });

  test.each([
    [200, "info"],
    [404, "info"],
    [422, "info"],
    [429, "warn"],
    [500, "error"],
    [503, "error"],
  ])("status %i is logged as %s", async (status, level) => {
    expect((await lineOf((event) => void Object.assign(event, { status }))).line.level).toBe(level);
  });

  test("an unexpected failure goes with its stack, a refusal without (requirements S2-17)", async () => {
    const cause = new TypeError("what really happened");
    const failed = await lineOf((event) => {
      event.status = 500;
      event.failure = toAppError(cause);
    });
    expect(failed.line).toMatchObject({
      requestId: "request-1",
      err: { type: "TypeError", message: "what really happened", stack: expect.stringContaining("log.test.ts") },
    });
    const refused = await lineOf((event) => {
      event.status = 404;
      event.failure = new AppError("RESOURCE_NOT_FOUND", "Nothing here.");
    });
    expect(refused.line).not.toHaveProperty("err");
  });

  test("something thrown that is no Error is still told", async () => {
    const { line } = await lineOf((event) => {
      event.status = 500;
      event.failure = toAppError("just text");
    });
    expect(line.err).toEqual({ type: "string", message: "just text" });
  });

  test("a database error is logged without the rows it carries", async () => {
    const { text } = await lineOf((event) => {
      event.status = 500;
      const row = { detail: "Failing row contains (canary-row).", where: "canary-where", code: "23502" };
      event.failure = toAppError(Object.assign(new Error("null value"), row));
    });
    expect(text).toContain("23502");
    expect(text).not.toContain("canary");
  });

  test("a failed call of Prisma is logged without its arguments", async () => {
    const wrong = { data: { passwordHash: "canary-hash", nonsense: true } } as unknown as Parameters<
      ReturnType<typeof prisma>["user"]["create"]
    >[0];
    const failure: unknown = await prisma()
      .user.create(wrong)
      .catch((error: unknown) => error);
    const { text } = await lineOf((event) => {
      event.status = 500;
      event.failure = toAppError(failure);
    });
    expect(text).toContain("PrismaClientValidationError");
    expect(text).not.toContain("canary");
  });

  test.each(["password", "token", "secret", "cookie", "authorization"])(
    "a field called %s is blanked, one level down too",
    async (field) => {
      const { text } = await captureLog(async () =>
        log().info({ [field]: "canary", inner: { [field]: "canary" } }, "x"),
      );
      expect(text).not.toContain("canary");
    },
  );
});
