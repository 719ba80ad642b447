import "server-only";
import { createHash } from "node:crypto";
import { addressKey } from "#core/address.ts";
import type { MutationCtx } from "#core/context.ts";
import { prisma, sql } from "#core/db.ts";
import { env } from "#core/env.ts";
import { AppError, invalid, notFound } from "#core/errors.ts";
import { newId } from "#core/id.ts";
import { log } from "#core/log.ts";
import { attempt } from "#core/ratelimit.ts";
import { recordAudit } from "#features/journal/audit.ts";
import { findAccount, findOpenInvite, hasUsers, isSetUpToken, lockInvite, openInviteWhere } from "./data.ts";
import { messages } from "./messages.ts";
import { dummyHash, hashPassword, needsRehash, verifyPassword } from "./password.ts";
import { passwordProblem } from "./policy.ts";
import { inviteDays, openInvitesMax, placeName, setUpHours } from "./rules.ts";
import type { Invite, NewAccount } from "./schema.ts";
import type { SessionClaim } from "./session.ts";
import { accountNotice, hashToken, issueTicket, newToken, type Origin, patiently } from "./tickets.ts";

type Tx = Parameters<Parameters<ReturnType<typeof prisma>["$transaction"]>[0]>[0];

/** Everything that decides about the first account waits for this lock (an arbitrary number, used nowhere else). */
const setUpLock = 4_713_000_001;
const lockSetUp = (tx: Tx) => tx.$executeRaw`SELECT pg_advisory_xact_lock(${setUpLock}::bigint)`;

/** One message for every way a sign-in fails (requirements S0-15, F-03). */
const refused = () => new AppError("FORBIDDEN", messages.signIn.refused);

/** Keeps a hash up to date with the configured cost; whatever goes wrong here must not fail the sign-in (S3-10a). */
async function rehash(userId: string, stored: string, password: string): Promise<void> {
  if (!needsRehash(stored)) return;
  try {
    const passwordHash = await hashPassword(password);
    await prisma().user.updateMany({ where: { id: userId, passwordHash: stored }, data: { passwordHash } });
  } catch (error) {
    log().warn({ err: error }, "a password could not be hashed anew");
  }
}

/**
 * Checks address and password. The attempt is counted before the password is looked at and taken back when it was right, so
 * guesses in parallel, over any number of processes, get exactly as many checks as the limit says. Known and unknown
 * accounts cost one verification each (S4-06); a ban is looked at after it.
 * @returns a sign-in ticket
 * @throws AppError RATE_LIMIT_EXCEEDED, or FORBIDDEN with the one message for everything else
 */
export async function signIn(input: { email: string; password: string }, origin: Origin): Promise<string> {
  const byAddress = await attempt("signInByAddress", addressKey(origin.address));
  // Counted under a hash: the table of limits is no list of addresses that somebody tried.
  const account = createHash("sha256").update(input.email).digest("base64url");
  const byAccount = await attempt("signInByAccount", account).catch(async (error: unknown) => {
    await byAddress.refund();
    throw error;
  });
  const substitute = await dummyHash();
  const user = await findAccount(input.email);
  const stored = user?.passwordHash ?? substitute;
  const matches = await verifyPassword(stored, input.password);
  const isBanned = user?.bannedUntil != null && user.bannedUntil > new Date();
  if (!matches || !user || isBanned) {
    const { requestId, address } = origin;
    const denial = { via: "browser", action: "session.create", result: "refused", code: "FORBIDDEN" } as const;
    await recordAudit(prisma(), { ...denial, userId: user?.id ?? null, requestId, address });
    throw refused();
  }
  await Promise.all([byAddress.refund(), byAccount.clear(), rehash(user.id, stored, input.password)]);
  return await issueTicket(user.id);
}

/**
 * Ends a session: the row first, so a copied cookie is dead on every process before the answer is out (security SE-03).
 * Audit event and notification once, however often it is called (requirements S3-11a).
 * @returns whether the session was alive
 */
export async function endSession(claim: SessionClaim, origin: Origin): Promise<boolean> {
  const { sessionId: id, userId } = claim;
  return await prisma().$transaction(async (tx) => {
    const { count } = await tx.session.updateMany({
      where: { id, userId, revokedAt: null },
      data: { revokedAt: new Date() },
    });
    if (count === 0) return false;
    const { requestId, address, userAgent } = origin;
    await recordAudit(tx, { userId, via: "browser", action: "session.revoked", resourceId: id, requestId, address });
    await tx.notification.create({ data: accountNotice(userId, "LOGOUT", placeName(userAgent, address), false) });
    return true;
  }, patiently);
}

/**
 * The one-time link that makes the first admin; a new one replaces the one before. Runs under plain Node too.
 * @returns null when there is an account already
 */
export async function createSetupLink(): Promise<string | null> {
  const token = newToken();
  const isOpen = await prisma().$transaction(async (tx) => {
    await lockSetUp(tx);
    if (await tx.user.findFirst({ select: { id: true } })) return false;
    await tx.verificationToken.deleteMany({ where: { identifier: "setup" } });
    const expires = new Date(Date.now() + setUpHours * 3_600_000);
    await tx.verificationToken.create({ data: { identifier: "setup", token: hashToken(token), expires } });
    return true;
  }, patiently);
  return isOpen ? `${env().APP_URL}/setup?token=${token}` : null;
}

/** @throws AppError VALIDATION_ERROR on the field `password` */
function assertGoodPassword({ password, name, email }: NewAccount): void {
  const problem = passwordProblem(password, [email, name]);
  if (problem) throw invalid("password", problem);
}

/** The account's row, its audit event and its welcome. The role is an argument, never read from the address (S2-09). */
async function createAccount(
  tx: Tx,
  account: NewAccount & { passwordHash: string; role: "user" | "admin" },
  origin: Origin,
) {
  const { name, email, timeZone, passwordHash, role } = account;
  const id = newId();
  await tx.user.create({ data: { id, name, email, timeZone, passwordHash, role } });
  const { requestId, address } = origin;
  await recordAudit(tx, { userId: id, via: "browser", action: "user.created", resourceId: id, requestId, address });
  await tx.notification.create({ data: accountNotice(id, "SIGNUP", "", true) });
  return id;
}

const setUpDone = () => new AppError("CONFLICT", messages.setUp.doneLead);
const badSetUpLink = () => new AppError("INVALID_TOKEN", messages.setUp.badLink);

/**
 * Makes the first account, an admin. Consuming the link, the check that nobody was faster and the account are one
 * transaction behind one lock: of any number of requests at once, one wins.
 * @param token of the set-up link
 * @returns a sign-in ticket
 * @throws AppError CONFLICT when there is an account already, INVALID_TOKEN, VALIDATION_ERROR, RATE_LIMIT_EXCEEDED
 */
export async function setUp(input: NewAccount, token: string, origin: Origin): Promise<string> {
  assertGoodPassword(input);
  if (await hasUsers()) throw setUpDone();
  const counted = await attempt("setUp", addressKey(origin.address));
  if (!(await isSetUpToken(hashToken(token)))) throw (await hasUsers()) ? setUpDone() : badSetUpLink();
  await counted.refund();
  const passwordHash = await hashPassword(input.password);
  const userId = await prisma().$transaction(async (tx) => {
    await lockSetUp(tx);
    if (await tx.user.findFirst({ select: { id: true } })) throw setUpDone();
    const consumed = await tx.$queryRaw<unknown[]>`
      DELETE FROM verification_tokens WHERE identifier = 'setup' AND token = ${hashToken(token)} AND expires > now() RETURNING 1`;
    if (consumed.length === 0) throw badSetUpLink();
    return await createAccount(tx, { ...input, passwordHash, role: "admin" }, origin);
  }, patiently);
  return await issueTicket(userId);
}

/** What the set-up page has to show: `done` once there is an account, `closed` without a live link. */
export async function setUpState(token: string | null): Promise<"open" | "closed" | "done"> {
  if (await hasUsers()) return "done";
  return token !== null && (await isSetUpToken(hashToken(token))) ? "open" : "closed";
}

/** The invite that a link opens, with the only address it is for; nothing when it no longer works. */
export const openInvite = async (token: string | null): Promise<{ email: string | null } | null> =>
  token === null ? null : await findOpenInvite(hashToken(token));

const badInvite = () => new AppError("INVALID_TOKEN", messages.signUp.badLink);

/**
 * Makes an account by an invite. The invite is taken by one UPDATE inside the account's transaction, so it works once. An
 * address that the invite is not for and one that has an account already get the same answer, which an invited person
 * needs; nobody without a live invite gets this far.
 * @param token of the invite link
 * @returns a sign-in ticket
 * @throws AppError INVALID_TOKEN, VALIDATION_ERROR, RATE_LIMIT_EXCEEDED
 */
export async function signUp(input: NewAccount, token: string, origin: Origin): Promise<string> {
  assertGoodPassword(input);
  await attempt("signUp", addressKey(origin.address));
  const tokenHash = hashToken(token);
  const invite = await findOpenInvite(tokenHash);
  if (!invite) throw badInvite();
  const badEmail = () => invalid("email", messages.signUp.badEmail);
  if (invite.email !== null && invite.email !== input.email) throw badEmail();
  const passwordHash = await hashPassword(input.password);
  const userId = await prisma()
    .$transaction(async (tx) => {
      // A deleted account keeps its address until it is purged, so it counts as taken.
      if (await tx.user.findUnique({ where: { email: input.email }, select: { id: true } })) throw badEmail();
      const id = await createAccount(tx, { ...input, passwordHash, role: "user" }, origin);
      const now = new Date();
      const { count } = await tx.invite.updateMany({
        where: openInviteWhere(tokenHash, now),
        data: { usedAt: now, usedById: id },
      });
      if (count === 0) throw badInvite();
      return id;
    }, patiently)
    .catch((error: unknown) => {
      // Two invites, one address, the same moment: the unique index decides.
      throw (error as { code?: unknown }).code === "P2002" ? badEmail() : error;
    });
  return await issueTicket(userId);
}

const openInvites = sql(`
SELECT count(*)::int AS open FROM invites i WHERE i.user_id = $1::uuid AND $2::uuid[] IS NULL
  AND i.used_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > $3::timestamptz`);
const insertInvite = sql(`
INSERT INTO invites (id, user_id, token_hash, email, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`);
const revoke = sql(`UPDATE invites i SET revoked_at = $3 WHERE i.user_id = $1::uuid AND i.id = $2::uuid`);

/** A link for one new account; only its hash is stored, so this answer is the only one that has it. */
export async function createInvite(
  ctx: MutationCtx,
  input: { email?: string | undefined },
): Promise<{ invite: Invite; link: string }> {
  const { actor, now, db } = ctx;
  const [counted] = await db.query<{ open: number }>(openInvites, [actor.userId, actor.fence, now]);
  if ((counted?.open ?? 0) >= openInvitesMax) throw new AppError("CONFLICT", messages.invites.tooMany);
  const token = newToken();
  const id = newId();
  const email = input.email ?? null;
  const expiresAt = new Date(now.getTime() + inviteDays * 86_400_000);
  await db.query(insertInvite, [id, actor.userId, hashToken(token), email, now, expiresAt]);
  const [createdAt, expires] = [now.toISOString(), expiresAt.toISOString()];
  return {
    invite: { id, email, status: "open", usedBy: null, createdAt, expiresAt: expires },
    link: `${env().APP_URL}/sign-up?invite=${token}`,
  };
}

/** Ends an open invite: its link stops working at once. @throws AppError RESOURCE_NOT_FOUND, or CONFLICT when it is not open */
export async function revokeInvite(ctx: MutationCtx, input: { id: string }): Promise<{ invite: Invite }> {
  const invite = await lockInvite(ctx, input.id);
  if (!invite) throw notFound();
  if (invite.status !== "open") throw new AppError("CONFLICT", messages.invites.notOpen);
  await ctx.db.query(revoke, [ctx.actor.userId, input.id, ctx.now]);
  return { invite: { ...invite, status: "revoked" } };
}
