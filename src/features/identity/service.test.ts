import { hash, parseOptions } from "@node-rs/argon2";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { prisma } from "#core/db.ts";
import { newId } from "#core/id.ts";
import { makePerson } from "#testing/factories.ts";
import { messages } from "./messages.ts";

const verified = vi.hoisted(() => ({ calls: 0 }));
vi.mock("@node-rs/argon2", async (original) => {
  const real = await original<typeof import("@node-rs/argon2")>();
  return {
    ...real,
    verify: (...args: Parameters<typeof real.verify>) => {
      verified.calls++;
      return real.verify(...args);
    },
  };
});

const { hashPassword, needsRehash, verifyPassword } = await import("./password.ts");
const { endSession, signIn } = await import("./service.ts");
const { redeemTicket } = await import("./tickets.ts");

const password = "violet harbour seven lamps";
let addresses = 0;
/** An address nobody used before, so that no test meets another one's failures. */
const from = (address = `198.51.100.${++addresses}`) => ({ requestId: "test-request", address, userAgent: null });
const account = async (values: { bannedUntil?: Date; deletedAt?: Date } = {}) => {
  const person = await makePerson({ passwordHash: await hashPassword(password) });
  if (Object.keys(values).length > 0) await prisma().user.update({ where: { id: person.id }, data: values });
  return person;
};
const outcome = (work: Promise<unknown>) =>
  work.then(
    () => "in",
    (error: { code: string; message: string }) => `${error.code} ${error.message}`,
  );
const wrong = `FORBIDDEN ${messages.signIn.refused}`;

beforeEach(() => {
  verified.calls = 0;
});

describe("passwords at rest", () => {
  test("argon2id with a salt of its own and the configured cost", async () => {
    const [a, b] = await Promise.all([hashPassword(password), hashPassword(password)]);
    expect(a).not.toBe(b);
    expect(a).toMatch(/^\$argon2id\$v=19\$m=1024,t=1,p=1\$/);
    expect(await verifyPassword(a, password)).toBe(true);
    expect(await verifyPassword(a, `${password} `)).toBe(false);
  });

  test("a malformed stored hash is false, not an exception (requirements S0-10)", async () => {
    for (const stored of ["garbage", "", "$argon2id$", "$2b$10$abcdefghijklmnopqrstuv"])
      expect(await verifyPassword(stored, password)).toBe(false);
    expect(needsRehash("garbage")).toBe(true);
  });
});

describe("signing in", () => {
  test("the right password gives a ticket that opens one session", async () => {
    const person = await account();
    const session = await redeemTicket(await signIn({ email: person.email, password }, from()), from());
    expect(session?.userId).toBe(person.id);
  });

  test("wrong password, unknown address, ban and deletion answer alike, after exactly one verification each (S4-06, S0-15, F-03, S2-10)", async () => {
    const known = await account();
    const banned = await account({ bannedUntil: new Date(Date.now() + 60_000) });
    const deleted = await account({ deletedAt: new Date() });
    const bare = await makePerson();
    const tries: [string, string][] = [
      [known.email, "not the password"],
      ["nobody@example.com", password],
      [banned.email, password],
      [deleted.email, password],
      [bare.email, password],
    ];
    for (const [email, given] of tries) {
      verified.calls = 0;
      expect([email, await outcome(signIn({ email, password: given }, from())), verified.calls]).toEqual([
        email,
        wrong,
        1,
      ]);
    }
    expect(await prisma().auditEvent.findMany({ where: { userId: banned.id } })).toMatchObject([
      { action: "session.create", result: "refused", code: "FORBIDDEN" },
    ]);
  });

  test("a hash of lower cost is replaced at sign-in; a current one stays (requirements S3-10a)", async () => {
    const weak = await hash(password, { memoryCost: 64, timeCost: 1, parallelism: 1 });
    const { id, email } = await makePerson({ passwordHash: weak });
    await signIn({ email, password }, from());
    const stored = (await prisma().user.findUniqueOrThrow({ where: { id } })).passwordHash ?? "";
    expect(parseOptions(stored).memoryCost).toBe(1024);
    await signIn({ email, password }, from());
    expect((await prisma().user.findUniqueOrThrow({ where: { id } })).passwordHash).toBe(stored);
  });

  test("a failure while hashing anew does not fail the sign-in (requirements S3-10a)", async () => {
    const weak = await hash(password, { memoryCost: 64, timeCost: 1, parallelism: 1 });
    const { email } = await makePerson({ passwordHash: weak });
    const update = vi.spyOn(prisma().user, "updateMany").mockRejectedValueOnce(new Error("no"));
    expect(await outcome(signIn({ email, password }, from()))).toBe("in");
    expect(update).toHaveBeenCalledOnce();
    update.mockRestore();
  });
});

describe("limits on sign-in (design §12, requirements S4-03a)", () => {
  test("twenty wrong passwords at once: exactly five are verified", async () => {
    const { email } = await account();
    const origin = from();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => outcome(signIn({ email, password: "wrong" }, origin))),
    );
    expect(verified.calls).toBe(5);
    expect(outcomes.filter((text) => text === wrong).length).toBe(5);
    expect(outcomes.filter((text) => text.startsWith("RATE_LIMIT_EXCEEDED Too many attempts.")).length).toBe(15);
  });

  test("the sixth try is refused even with the right password, and says when to come back", async () => {
    const { email } = await account();
    const origin = from();
    for (let n = 0; n < 5; n++) await outcome(signIn({ email, password: "wrong" }, origin));
    await expect(signIn({ email, password }, origin)).rejects.toMatchObject({
      code: "RATE_LIMIT_EXCEEDED",
      retryAfterSeconds: expect.any(Number),
    });
    expect(verified.calls).toBe(5);
  });

  test("one account from many addresses: five failures, unknown accounts alike", async () => {
    for (const email of [(await account()).email, "nobody-at-all@example.com"]) {
      const outcomes: string[] = [];
      for (let n = 0; n < 8; n++) outcomes.push(await outcome(signIn({ email, password: "wrong" }, from())));
      expect(outcomes.filter((text) => text === wrong).length).toBe(5);
    }
  });

  test("many accounts from one address: five failures", async () => {
    const origin = from();
    const outcomes: string[] = [];
    for (let n = 0; n < 8; n++)
      outcomes.push(await outcome(signIn({ email: `spray-${n}@example.com`, password: "wrong" }, origin)));
    expect(outcomes.filter((text) => text === wrong).length).toBe(5);
  });

  test("an attempt refused for its account does not use up its address", async () => {
    const locked = await account();
    for (let n = 0; n < 5; n++) await outcome(signIn({ email: locked.email, password: "wrong" }, from()));
    const origin = from();
    for (let n = 0; n < 10; n++) await outcome(signIn({ email: locked.email, password }, origin));
    const other = await account();
    expect(await outcome(signIn({ email: other.email, password }, origin))).toBe("in");
  });

  test("a success clears the account's failures and is none for the address (requirements S3-10c)", async () => {
    const { email } = await account();
    for (let n = 0; n < 4; n++) expect(await outcome(signIn({ email, password: "wrong" }, from()))).toBe(wrong);
    expect(await outcome(signIn({ email, password }, from()))).toBe("in");
    for (let n = 0; n < 5; n++) expect(await outcome(signIn({ email, password: "wrong" }, from()))).toBe(wrong);
    const origin = from();
    const busy = await account();
    for (let n = 0; n < 12; n++) expect(await outcome(signIn({ email: busy.email, password }, origin))).toBe("in");
  });
});

describe("signing out (requirements S3-11a, security SE-03)", () => {
  test("ends the row, once: one audit event and one notification however often it is sent", async () => {
    const { id: userId, email } = await account();
    const session = await redeemTicket(await signIn({ email, password }, from()), from());
    const claim = { sessionId: session?.sessionId ?? "", userId };
    const ended = await Promise.all(Array.from({ length: 5 }, () => endSession(claim, from())));
    expect(ended.filter(Boolean).length).toBe(1);
    expect(await prisma().auditEvent.count({ where: { userId, action: "session.revoked" } })).toBe(1);
    expect(await prisma().notification.count({ where: { userId, type: "LOGOUT" } })).toBe(1);
    expect((await prisma().session.findUniqueOrThrow({ where: { id: claim.sessionId } })).revokedAt).not.toBeNull();
  });

  test("nobody ends somebody else's session", async () => {
    const { email } = await account();
    const session = await redeemTicket(await signIn({ email, password }, from()), from());
    expect(await endSession({ sessionId: session?.sessionId ?? "", userId: newId() }, from())).toBe(false);
  });
});
