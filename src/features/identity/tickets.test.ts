import { expect, test } from "vitest";
import { prisma } from "#core/db.ts";
import { makePerson } from "#testing/factories.ts";
import { hashToken, issueTicket, newToken, redeemTicket } from "./tickets.ts";

const linux = "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0";
const phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Mobile Safari/604.1";
const origin = { requestId: "test-request", address: "203.0.113.7", userAgent: linux };

test("twenty requests with one ticket: one session, one audit event, one notification", async () => {
  const { id: userId } = await makePerson();
  const ticket = await issueTicket(userId);
  const results = await Promise.all(Array.from({ length: 20 }, () => redeemTicket(ticket, origin)));
  expect(results.filter((result) => result !== null).length).toBe(1);
  expect(await prisma().session.count({ where: { userId } })).toBe(1);
  expect(await prisma().auditEvent.findMany({ where: { userId } })).toMatchObject([
    { action: "session.created", via: "browser", result: "success", requestId: "test-request", address: "203.0.113.7" },
  ]);
  expect(await prisma().notification.findMany({ where: { userId } })).toMatchObject([
    { type: "LOGIN", message: "Your account was signed in from Firefox on Linux at 203.0.113.7." },
  ]);
});

test("a session lasts 30 days and knows its device", async () => {
  const { id: userId } = await makePerson();
  const made = await redeemTicket(await issueTicket(userId), { ...origin, userAgent: `${linux} ${"x".repeat(1000)}` });
  const row = await prisma().session.findUniqueOrThrow({ where: { id: made?.sessionId ?? "" } });
  expect(row.expiresAt.getTime() - row.createdAt.getTime()).toBe(30 * 86_400_000);
  expect(row.userAgent?.length).toBe(500);
  expect(row.address).toBe("203.0.113.7");
});

test("only the hash of a ticket is stored, and a stored hash is no ticket", async () => {
  const { id: userId } = await makePerson();
  const ticket = await issueTicket(userId);
  const [row] = await prisma().verificationToken.findMany({ where: { identifier: `sign-in:${userId}` } });
  expect(row?.token).toBe(hashToken(ticket));
  expect(await redeemTicket(row?.token ?? "", origin)).toBeNull();
  expect((row?.expires.getTime() ?? 0) - Date.now()).toBeLessThanOrEqual(60_000);
});

test("old, unknown and foreign tickets, and those of people banned or deleted meanwhile, open nothing", async () => {
  const { id: userId } = await makePerson();
  const old = await issueTicket(userId);
  await prisma().verificationToken.updateMany({
    where: { token: hashToken(old) },
    data: { expires: new Date(Date.now() - 1000) },
  });
  expect(await redeemTicket(old, origin)).toBeNull();
  expect(await redeemTicket(newToken(), origin)).toBeNull();
  const setUp = newToken();
  const expires = new Date(Date.now() + 60_000);
  await prisma().verificationToken.create({ data: { identifier: "setup", token: hashToken(setUp), expires } });
  expect(await redeemTicket(setUp, origin)).toBeNull();
  const ticket = await issueTicket(userId);
  await prisma().user.update({ where: { id: userId }, data: { bannedUntil: expires } });
  expect(await redeemTicket(ticket, origin)).toBeNull();
  expect(await prisma().session.count({ where: { userId } })).toBe(0);
});

test("a sign-in from a device not seen before is news, from a known one or the very first it is not", async () => {
  const { id: userId } = await makePerson();
  const unread = () => prisma().notification.count({ where: { userId, type: "LOGIN", readAt: null } });
  await redeemTicket(await issueTicket(userId), origin);
  await redeemTicket(await issueTicket(userId), origin);
  expect(await unread()).toBe(0);
  await redeemTicket(await issueTicket(userId), { ...origin, userAgent: phone });
  expect(await unread()).toBe(1);
});
