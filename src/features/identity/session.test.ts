import { encode } from "@auth/core/jwt";
import { describe, expect, test } from "vitest";
import { pooled, prisma } from "#core/db.ts";
import { env } from "#core/env.ts";
import { newId } from "#core/id.ts";
import { limits } from "#core/limits.ts";
import { makePerson, type Person } from "#testing/factories.ts";
import { isSessionLive, resolveSession } from "./data.ts";
import { actorFromCookies, cookieName, readSessionCookie } from "./session.ts";

const name = cookieName("session");
const day = 86_400_000;
const ago = (ms: number) => new Date(Date.now() - ms);

async function makeSession(
  person: Person,
  values: { createdAt?: Date; lastSeenAt?: Date; expiresAt?: Date; revokedAt?: Date } = {},
) {
  const id = newId();
  const expiresAt = new Date(Date.now() + 30 * day);
  await prisma().session.create({ data: { id, userId: person.id, expiresAt, ...values } });
  return id;
}

const seal = (token: Record<string, unknown>, secret = env().AUTH_SECRET, salt = name) =>
  encode({ token, secret, salt });
const headerOf = async (sid: string, person: Person) => `other=1; ${name}=${await seal({ sid, sub: person.id })}`;
const actorOf = (header: string | null) => actorFromCookies(header, "default", pooled());

describe("the session cookie", () => {
  test("carries __Host- where cookies can be secure (security SE-01)", () => {
    expect([cookieName("session"), cookieName("csrf"), cookieName("callback-url")]).toEqual([
      "__Host-mindflow.session",
      "__Host-mindflow.csrf",
      "__Host-mindflow.callback-url",
    ]);
  });

  test("a live session is its person, with all a browser may do and admin only for admins (S2-02)", async () => {
    const person = await makePerson({ name: "Ada Lovelace", zone: "Asia/Kathmandu" });
    const sid = await makeSession(person);
    const actor = await actorOf(await headerOf(sid, person));
    expect(actor).toMatchObject({
      userId: person.id,
      via: "browser",
      sessionId: sid,
      fence: null,
      role: "user",
      name: "Ada Lovelace",
      zone: "Asia/Kathmandu",
      theme: "system",
    });
    expect(actor?.scopes.has("account")).toBe(true);
    expect(actor?.scopes.has("admin")).toBe(false);
    const admin = await makePerson({ role: "admin" });
    expect((await actorOf(await headerOf(await makeSession(admin), admin)))?.scopes.has("admin")).toBe(true);
  });

  test("role never comes from the address: admin@… is a user without admin (requirements S2-09)", async () => {
    const id = newId();
    await prisma().user.create({ data: { id, email: "admin@example.com", name: "Not An Admin" } });
    const person = { id, email: "admin@example.com", name: "Not An Admin" };
    const actor = await actorOf(await headerOf(await makeSession(person), person));
    expect([actor?.role, actor?.scopes.has("admin")]).toEqual(["user", false]);
  });

  test("forged, truncated, oversized, foreign or garbled cookies are nobody, never an error (security SE-06)", async () => {
    const person = await makePerson();
    const sid = await makeSession(person);
    const good = await seal({ sid, sub: person.id });
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const zoo: Record<string, string> = {
      empty: "",
      garbage: "garbage",
      unicode: "💥.💥.💥.💥.💥",
      oversized: "a".repeat(100_000),
      "oversized but well formed": `${part({ alg: "dir", enc: "A256CBC-HS512" })}..${"a".repeat(5000)}.a.a`,
      "cut in half": good.slice(0, good.length / 2),
      "last character missing": good.slice(0, -1),
      "another key": await seal({ sid, sub: person.id }, "another-secret-that-is-long-enough-000"),
      "another purpose (salt)": await seal({ sid, sub: person.id }, env().AUTH_SECRET, "__Host-mindflow.csrf"),
      "alg none": `${part({ alg: "none" })}.${part({ sid, sub: person.id })}.`,
      "alg none as five parts": `${part({ alg: "none", enc: "none" })}..${part({})}.${part({ sid, sub: person.id })}.a`,
      "signed instead of sealed": `${part({ alg: "HS256" })}.${part({ sid, sub: person.id })}.aaaa`,
      "unknown key id": `${part({ alg: "dir", enc: "A256CBC-HS512", kid: "x" })}.${good.split(".").slice(1).join(".")}`,
      "number as sid": await seal({ sid: 7, sub: person.id }),
      "sid that is no id": await seal({ sid: "1 OR 1=1", sub: person.id }),
      "object as sid": await seal({ sid: { id: sid }, sub: person.id }),
      "no sid": await seal({ sub: person.id }),
      "no sub": await seal({ sid }),
      "somebody else's sub": await seal({ sid, sub: (await makePerson()).id }),
      "unknown session": await seal({ sid: newId(), sub: person.id }),
    };
    for (const [what, value] of Object.entries(zoo))
      expect([what, await actorOf(`${name}=${value}`)]).toEqual([what, null]);
    expect(await actorOf(null)).toBeNull();
    expect(await actorOf("a=b; =c; d")).toBeNull();
    expect((await actorOf(`${name}=${good}`))?.userId).toBe(person.id);
  });

  test("every flipped character makes it nobody's", async () => {
    const person = await makePerson();
    const good = await seal({ sid: await makeSession(person), sub: person.id });
    for (let at = 0; at < good.length; at++) {
      // The last character of a part carries bits that base64url ignores.
      if (good[at] === "." || good[at + 1] === "." || at === good.length - 1) continue;
      const flipped = `${good.slice(0, at)}${good[at] === "A" ? "B" : "A"}${good.slice(at + 1)}`;
      expect([at, await readSessionCookie(`${name}=${flipped}`)]).toEqual([at, null]);
    }
  });

  test("opened cookies are remembered, their sessions are not: a revoked row counts at once (security SE-03)", async () => {
    const person = await makePerson();
    const sid = await makeSession(person);
    const header = await headerOf(sid, person);
    expect(await actorOf(header)).not.toBeNull();
    await prisma().session.update({ where: { id: sid }, data: { revokedAt: new Date() } });
    expect(await readSessionCookie(header)).toEqual({ sessionId: sid, userId: person.id });
    expect(await actorOf(header)).toBeNull();
  });
});

describe("a session's row decides at every request", () => {
  test.each([
    ["revoked", { revokedAt: ago(1000) }],
    ["older than 30 days (security SE-05)", { expiresAt: ago(1000) }],
    ["idle for 7 days (security SE-05)", { lastSeenAt: ago(7 * day + 1000) }],
  ])("%s: nobody", async (_, values) => {
    const person = await makePerson();
    const sid = await makeSession(person, values);
    expect(await actorOf(await headerOf(sid, person))).toBeNull();
    expect(await isSessionLive(sid, person.id)).toBe(false);
  });

  test.each([
    ["banned", { bannedUntil: new Date(Date.now() + day) }],
    ["deleted", { deletedAt: new Date() }],
  ])("whoever is %s while signed in is out at the next request (requirements S2-10)", async (_, values) => {
    const person = await makePerson();
    const sid = await makeSession(person);
    const header = await headerOf(sid, person);
    expect(await actorOf(header)).not.toBeNull();
    await prisma().user.update({ where: { id: person.id }, data: values });
    expect(await actorOf(header)).toBeNull();
    expect(await isSessionLive(sid, person.id)).toBe(false);
  });

  test("a ban that is over is over", async () => {
    const person = await makePerson();
    await prisma().user.update({ where: { id: person.id }, data: { bannedUntil: ago(1000) } });
    expect(await actorOf(await headerOf(await makeSession(person), person))).not.toBeNull();
  });

  test("use is noted at most once a minute", async () => {
    const person = await makePerson();
    const sid = await makeSession(person, { lastSeenAt: ago(90_000) });
    const header = await headerOf(sid, person);
    const seen = async () => (await prisma().session.findUniqueOrThrow({ where: { id: sid } })).lastSeenAt.getTime();
    await actorOf(header);
    const first = await seen();
    expect(Date.now() - first).toBeLessThan(10_000);
    await actorOf(header);
    expect(await seen()).toBe(first);
  });

  test("one statement resolves and counts; beyond the limit it is 429 with the seconds to wait", async () => {
    const person = await makePerson();
    const sid = await makeSession(person);
    const header = await headerOf(sid, person);
    let queries = 0;
    await actorFromCookies(
      header,
      "profile",
      pooled(() => queries++),
    );
    expect(queries).toBe(1);
    const limit = { name: "test-limit", tokens: 5, windowSeconds: 600 };
    const rows = await Promise.all(Array.from({ length: 20 }, () => resolveSession(pooled(), sid, limit)));
    expect(rows.filter((row) => row?.ok).length).toBe(5);
    for (let more = 1; more < limits.profile.tokens; more++) await actorFromCookies(header, "profile", pooled());
    await expect(actorFromCookies(header, "profile", pooled())).rejects.toMatchObject({
      code: "RATE_LIMIT_EXCEEDED",
      retryAfterSeconds: expect.any(Number),
    });
  });

  test("nothing is counted for a session that is over", async () => {
    const person = await makePerson();
    const sid = await makeSession(person, { revokedAt: ago(1000) });
    expect(await resolveSession(pooled(), sid, { name: "uncounted", tokens: 5, windowSeconds: 60 })).toBeUndefined();
    expect(await prisma().rateLimit.findUnique({ where: { key: `uncounted:${person.id}` } })).toBeNull();
  });
});
