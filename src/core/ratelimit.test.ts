import { expect, test } from "vitest";
import { prisma } from "#core/db.ts";
import { limits } from "#core/limits.ts";
import { assertLeft, attempt, tooMany } from "#core/ratelimit.ts";

const outcome = (work: Promise<unknown>) =>
  work.then(
    () => "in",
    (error: { code: string }) => error.code,
  );
const rowOf = (key: string) => prisma().rateLimit.findUnique({ where: { key } });

test("a hundred attempts at once: exactly as many as the limit, over the pool's connections", async () => {
  const outcomes = await Promise.all(Array.from({ length: 100 }, () => outcome(attempt("setUp", "parallel"))));
  expect(outcomes.filter((one) => one === "in").length).toBe(limits.setUp.tokens);
  expect(new Set(outcomes)).toEqual(new Set(["in", "RATE_LIMIT_EXCEEDED"]));
});

test("keys and limits do not touch each other", async () => {
  for (let n = 0; n < 3; n++) await attempt("signUp", "a");
  expect(await outcome(attempt("signUp", "a"))).toBe("RATE_LIMIT_EXCEEDED");
  expect(await outcome(attempt("signUp", "b"))).toBe("in");
  expect(await outcome(attempt("setUp", "a"))).toBe("in");
});

test("an attempt given back may be used again, and never more than was taken", async () => {
  const taken = await Promise.all(Array.from({ length: 3 }, () => attempt("signUp", "refund")));
  expect(await outcome(attempt("signUp", "refund"))).toBe("RATE_LIMIT_EXCEEDED");
  for (const one of taken) await one.refund();
  await taken[0]?.refund();
  expect((await rowOf("signUp:refund"))?.cur).toBe(0);
  const again = await Promise.all(Array.from({ length: 5 }, () => outcome(attempt("signUp", "refund"))));
  expect(again.filter((one) => one === "in").length).toBe(3);
});

test("an attempt of the window before is given back to that window", async () => {
  const before = await attempt("signUp", "rolled");
  const row = await rowOf("signUp:rolled");
  await prisma().rateLimit.update({
    where: { key: "signUp:rolled" },
    data: { win: Number(row?.win) + 1, prev: 1, cur: 2 },
  });
  await before.refund();
  expect(await rowOf("signUp:rolled")).toMatchObject({ prev: 0, cur: 2 });
});

test("clearing forgets all failures", async () => {
  const [first] = await Promise.all(Array.from({ length: 3 }, () => attempt("signUp", "clear")));
  await first?.clear();
  expect(await outcome(attempt("signUp", "clear"))).toBe("in");
});

test("a refusal says how long to wait, at most the window", async () => {
  for (let n = 0; n < 3; n++) await attempt("signUp", "wait");
  const error = await attempt("signUp", "wait").then(
    () => null,
    (refusal: { retryAfterSeconds: number; message: string }) => refusal,
  );
  expect(error?.retryAfterSeconds).toBeGreaterThan(0);
  expect(error?.retryAfterSeconds).toBeLessThanOrEqual(limits.signUp.windowSeconds);
  expect(error?.message).toMatch(/^Too many attempts\. Try again in \d+ (minute|second)s?\.$/);
  expect([tooMany(1), tooMany(59), tooMany(60), tooMany(61)].map((text) => text.slice(32))).toEqual([
    "1 second.",
    "59 seconds.",
    "1 minute.",
    "2 minutes.",
  ]);
});

test("looking counts nothing, and refuses once nothing is left", async () => {
  for (let n = 0; n < 5; n++) await assertLeft("signUp", "look");
  expect(await rowOf("signUp:look")).toBeNull();
  for (let n = 0; n < 3; n++) {
    expect(await outcome(assertLeft("signUp", "look"))).toBe("in");
    await attempt("signUp", "look");
  }
  expect(await outcome(assertLeft("signUp", "look"))).toBe("RATE_LIMIT_EXCEEDED");
  expect((await rowOf("signUp:look"))?.cur).toBe(3);
  // Two windows later all of it is forgotten.
  await prisma().$executeRaw`UPDATE rate_limits SET win = win - 2 WHERE key = 'signUp:look'`;
  expect(await outcome(assertLeft("signUp", "look"))).toBe("in");
});
