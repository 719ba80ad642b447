import { beforeEach, describe, expect, test } from "vitest";
import { prisma } from "#core/db.ts";
import { actorOf, makePerson } from "#testing/factories.ts";
import { call } from "#testing/wires.ts";
import { messages } from "./messages.ts";
import { createSetupLink, openInvite, setUp, setUpState, signUp } from "./service.ts";
import { hashToken, newToken } from "./tickets.ts";

let addresses = 0;
const from = (address = `192.0.2.${++addresses}`) => ({ requestId: "test-request", address, userAgent: null });
const account = (email: string, values: { name?: string; password?: string } = {}) => ({
  name: values.name ?? "Ada Lovelace",
  email,
  password: values.password ?? "violet harbour seven lamps",
  timeZone: "Asia/Kathmandu",
});
const code = (work: Promise<unknown>) =>
  work.then(
    () => "in",
    (error: { code: string }) => error.code,
  );
const tokenOf = (link: string | null) => new URL(link ?? "").search.replace(/^\?\w+=/, "");

describe("set-up", () => {
  beforeEach(async () => {
    // The audit keeps its rows when their person goes.
    await prisma().user.deleteMany();
  });

  test("the link is there only while there is no account, and a new one replaces the old one", async () => {
    const first = tokenOf(await createSetupLink());
    const link = await createSetupLink();
    expect(link).toMatch(/^http:\/\/localhost:3000\/setup\?token=[\w-]{43}$/);
    expect(await prisma().verificationToken.count({ where: { identifier: "setup" } })).toBe(1);
    expect([await setUpState(first), await setUpState(tokenOf(link)), await setUpState(null)]).toEqual([
      "closed",
      "open",
      "closed",
    ]);
    expect(await code(setUp(account("a@example.com"), first, from()))).toBe("INVALID_TOKEN");
    await makePerson();
    expect(await createSetupLink()).toBeNull();
    expect(await setUpState(tokenOf(link))).toBe("done");
  });

  test("posted twenty times at once: one account, one admin, the others are told", async () => {
    const token = tokenOf(await createSetupLink());
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, n) => code(setUp(account(`racer-${n}@example.com`), token, from()))),
    );
    expect(outcomes.filter((outcome) => outcome === "in").length).toBe(1);
    expect(outcomes.filter((outcome) => outcome === "CONFLICT").length).toBe(19);
    const users = await prisma().user.findMany();
    expect(users).toMatchObject([{ role: "admin", name: "Ada Lovelace", timeZone: "Asia/Kathmandu" }]);
    expect(await prisma().notification.findMany()).toMatchObject([{ type: "SIGNUP", userId: users[0]?.id }]);
    expect(await prisma().verificationToken.count({ where: { identifier: "setup" } })).toBe(0);
  });

  test("an expired or wrong link makes nothing, and guesses are limited", async () => {
    const token = tokenOf(await createSetupLink());
    await prisma().verificationToken.updateMany({
      where: { identifier: "setup" },
      data: { expires: new Date(Date.now() - 1) },
    });
    expect(await code(setUp(account("a@example.com"), token, from()))).toBe("INVALID_TOKEN");
    const origin = from();
    const outcomes: string[] = [];
    for (let n = 0; n < 11; n++) outcomes.push(await code(setUp(account("a@example.com"), newToken(), origin)));
    expect(outcomes).toEqual([...Array<string>(10).fill("INVALID_TOKEN"), "RATE_LIMIT_EXCEEDED"]);
    expect(await prisma().user.count()).toBe(0);
  });

  test("a password that is easy to guess is refused before the link is used", async () => {
    const token = tokenOf(await createSetupLink());
    await expect(setUp(account("a@example.com", { password: "mindflow-2026" }), token, from())).rejects.toMatchObject({
      code: "VALIDATION_ERROR",
      details: [{ field: "password", message: messages.fields.passwordContext }],
    });
    expect(await setUpState(token)).toBe("open");
  });
});

describe("invites", () => {
  const admin = async () => actorOf(await makePerson({ role: "admin" }));
  async function invite(email?: string) {
    const actor = await admin();
    const created = await call(actor, "invites.create", email ? { email } : {});
    const { id } = created.invite as { id: string };
    return { actor, id, token: tokenOf(String(created.link)), created };
  }

  test("make a user, never an admin, whatever the address says (requirements S2-09)", async () => {
    const { token } = await invite();
    expect(await code(signUp(account("admin@example.com"), token, from()))).toBe("in");
    const user = await prisma().user.findUniqueOrThrow({ where: { email: "admin@example.com" } });
    expect(user.role).toBe("user");
    expect(await prisma().auditEvent.count({ where: { userId: user.id, action: "user.created" } })).toBe(1);
    expect(await prisma().notification.count({ where: { userId: user.id, type: "SIGNUP" } })).toBe(1);
  });

  test("work once: twenty people at once, one account", async () => {
    const { token, actor } = await invite();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, n) => code(signUp(account(`guest-${n}@example.com`), token, from()))),
    );
    expect(outcomes.filter((outcome) => outcome === "in").length).toBe(1);
    expect(outcomes.filter((outcome) => outcome === "INVALID_TOKEN").length).toBe(19);
    expect(await prisma().user.count({ where: { email: { startsWith: "guest-" } } })).toBe(1);
    const { items } = (await call(actor, "invites.list", {})) as { items: { status: string; usedBy: string | null }[] };
    expect(items).toMatchObject([{ status: "used", usedBy: expect.stringMatching(/^guest-/) }]);
  });

  test("two invites, one address, the same moment: one account, and the loser's invite stays open", async () => {
    const invites = await Promise.all([invite(), invite(), invite()]);
    const outcomes = await Promise.all(
      invites.map(({ token }) => code(signUp(account("wanted@example.com"), token, from()))),
    );
    expect([...outcomes].sort()).toEqual(["VALIDATION_ERROR", "VALIDATION_ERROR", "in"]);
    const open = await Promise.all(invites.map(({ token }) => openInvite(token)));
    expect(open.filter(Boolean).length).toBe(2);
  });

  test("for one address work for that address only; a taken address gets the same answer", async () => {
    const taken = await makePerson();
    const { token } = await invite("Ada@Example.org");
    const { token: unrestricted } = await invite();
    const refusal = { code: "VALIDATION_ERROR", details: [{ field: "email", message: messages.signUp.badEmail }] };
    await expect(signUp(account("eve@example.org"), token, from())).rejects.toMatchObject(refusal);
    await expect(signUp(account(taken.email), unrestricted, from())).rejects.toMatchObject(refusal);
    expect(await openInvite(token)).toMatchObject({ email: "ada@example.org" });
    expect(await code(signUp(account("ada@example.org"), token, from()))).toBe("in");
    expect(await openInvite(token)).toBeNull();
    expect(await openInvite(null)).toBeNull();
  });

  test("last no longer than their maker may invite: a ban or lost rights leave no way back in", async () => {
    const { actor, token } = await invite();
    const maker = { where: { id: actor.userId } };
    for (const data of [
      { bannedUntil: new Date(Date.now() + 60_000) },
      { bannedUntil: null, role: "user" },
      { role: "admin", deletedAt: new Date() },
    ]) {
      await prisma().user.update({ ...maker, data });
      expect(await openInvite(token)).toBeNull();
      expect(await code(signUp(account("back@example.com"), token, from()))).toBe("INVALID_TOKEN");
    }
    await prisma().user.update({ ...maker, data: { deletedAt: null } });
    expect(await code(signUp(account("back@example.com"), token, from()))).toBe("in");
  });

  test("end after seven days, and when they are revoked", async () => {
    const old = await invite();
    await prisma().invite.update({ where: { id: old.id }, data: { expiresAt: new Date(Date.now() - 1) } });
    expect(await code(signUp(account("late@example.com"), old.token, from()))).toBe("INVALID_TOKEN");
    const { actor, id, token } = await invite();
    expect(await call(actor, "invites.revoke", { id })).toMatchObject({ invite: { id, status: "revoked" } });
    expect(await code(signUp(account("revoked@example.com"), token, from()))).toBe("INVALID_TOKEN");
    await expect(call(actor, "invites.revoke", { id })).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(call(await admin(), "invites.revoke", { id })).rejects.toMatchObject({ code: "RESOURCE_NOT_FOUND" });
  });

  test("sign-up is limited to three an hour for each address, whether it worked or not (requirements S4-03b)", async () => {
    const origin = from();
    const outcomes: string[] = [];
    for (let n = 0; n < 4; n++)
      outcomes.push(await code(signUp(account(`fast-${n}@example.com`), (await invite()).token, origin)));
    expect(outcomes).toEqual(["in", "in", "in", "RATE_LIMIT_EXCEEDED"]);
    expect(await code(signUp(account("elsewhere@example.com"), (await invite()).token, from()))).toBe("in");
  });

  test("are for admins: a user's session is refused, and no other credential can hold the scope", async () => {
    const user = actorOf(await makePerson(), { scopes: ["tasks:read", "account"] });
    for (const name of ["invites.list", "invites.create"])
      await expect(call(user, name, {})).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  test("show their link once: neither database nor a repetition with the same key has it", async () => {
    const actor = await admin();
    const first = await call(actor, "invites.create", {}, { key: "invite-1" });
    const again = await call(actor, "invites.create", {}, { key: "invite-1" });
    expect(again).toEqual({ ...first, link: null, replayed: true });
    const token = tokenOf(String(first.link));
    const { id } = first.invite as { id: string };
    expect((await prisma().invite.findUniqueOrThrow({ where: { id } })).tokenHash).toBe(hashToken(token));
    const stored = JSON.stringify([await prisma().idempotencyKey.findMany(), await prisma().auditEvent.findMany()]);
    expect(stored).not.toContain(token);
  });

  test("an admin has at most 100 open ones", async () => {
    const actor = await admin();
    const expiresAt = new Date(Date.now() + 60_000);
    const data = Array.from({ length: 100 }, () => ({
      id: crypto.randomUUID(),
      userId: actor.userId,
      tokenHash: hashToken(newToken()),
      expiresAt,
    }));
    await prisma().invite.createMany({ data });
    await expect(call(actor, "invites.create", {})).rejects.toMatchObject({
      code: "CONFLICT",
      message: messages.invites.tooMany,
    });
  });
});
