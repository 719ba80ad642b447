import "server-only";
import { type Ctx, ownerOf } from "#core/context.ts";
import { type Db, pooled, prisma, sql } from "#core/db.ts";
import { env } from "#core/env.ts";
import { slidingWindow } from "#core/limits.ts";
import { standing } from "#core/standing.ts";
import { idleDays } from "./rules.ts";
import type { Invite } from "./schema.ts";

export type ResolvedSession = {
  sessionId: string;
  userId: string;
  name: string;
  email: string;
  role: "user" | "admin";
  zone: string;
  theme: "system" | "light" | "dark";
  /** May this request go on, how many more may follow, and when does the window end (epoch milliseconds)? */
  ok: boolean;
  remaining: number;
  resetMs: number;
};

/**
 * One statement, because every request pays for it. Postgres runs each WITH part that changes something exactly once and to
 * its end, whether or not and however often the rest reads from it; all parts see the tables as they were when the
 * statement began. So: `found` decides who this is; `counted` takes its source from `found`, so nothing is counted for a
 * session that is over; `touched` notes the use, but at most once a minute, so that reading does not mean writing.
 * A banned or deleted person is nobody at once, on every process (requirements S2-10).
 */
const resolve = sql(`
WITH found AS (
  SELECT s.id AS session_id, s.last_seen_at, u.id AS user_id, u.name, u.email, u.role, u.time_zone, u.theme
  FROM sessions s JOIN users u ON u.id = s.user_id
  WHERE s.id = $1::uuid AND s.revoked_at IS NULL AND s.expires_at > now() AND s.last_seen_at > now() - interval '${idleDays} days'
    AND ${standing("s")}
), counted AS (${slidingWindow("$2::text || ':' || found.user_id", "$3::int", "$4::numeric", "$5::int", "CROSS JOIN found")}
), touched AS (
  UPDATE sessions SET last_seen_at = now() FROM found
  WHERE sessions.id = found.session_id AND found.last_seen_at < now() - interval '1 minute'
)
SELECT f.session_id AS "sessionId", f.user_id AS "userId", f.name, f.email, f.role, f.time_zone AS zone, f.theme,
  c.ok, c.remaining, c.reset_ms AS "resetMs"
FROM found f CROSS JOIN counted c`);

/**
 * Who holds this session, counting `weight` requests against the person's limit in the same statement.
 * @param limit of the table of limits; LIMIT_FACTOR multiplies its tokens
 * @returns nothing when the session is unknown, revoked, expired, idle too long, or its person banned or deleted
 */
export async function resolveSession(
  db: Db,
  sessionId: string,
  limit: { name: string; tokens: number; windowSeconds: number },
  weight = 1,
): Promise<ResolvedSession | undefined> {
  const tokens = Math.max(1, Math.round(limit.tokens * env().LIMIT_FACTOR));
  const values = [sessionId, limit.name, tokens, limit.windowSeconds * 1000, weight];
  const [row] = await db.query<ResolvedSession>(resolve, values);
  return row;
}

const live = sql(`
SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.id = $1::uuid AND s.user_id = $2::uuid AND s.revoked_at IS NULL AND s.expires_at > now()
  AND s.last_seen_at > now() - interval '${idleDays} days'
  AND ${standing("s")}`);

/** Is the session's row alive? Nothing is counted: for next-auth's own reads. */
export async function isSessionLive(sessionId: string, userId: string): Promise<boolean> {
  return (await pooled().query(live, [sessionId, userId])).length > 0;
}

/** The account of a normalised address, banned or not; nothing when there is none or it was deleted. */
export const findAccount = (email: string) =>
  prisma().user.findFirst({
    where: { email, deletedAt: null },
    select: { id: true, email: true, passwordHash: true, bannedUntil: true },
  });

/** Has the first account been made? */
export const hasUsers = async (): Promise<boolean> =>
  (await prisma().user.findFirst({ select: { id: true } })) !== null;

/** Is this the set-up token that was printed last, still in time? `hash` is its SHA-256. */
export const isSetUpToken = async (hash: string): Promise<boolean> =>
  (await prisma().verificationToken.findFirst({
    where: { identifier: "setup", token: hash, expires: { gt: new Date() } },
  })) !== null;

/** What makes an invite work. One lasts no longer than its maker may invite: a ban would else leave a way back in. */
export function openInviteWhere(hash: string, now: Date) {
  const free = { deletedAt: null, OR: [{ bannedUntil: null }, { bannedUntil: { lte: now } }] };
  const unused = { tokenHash: hash, usedAt: null, revokedAt: null, expiresAt: { gt: now } };
  return { ...unused, creator: { role: "admin" as const, ...free } };
}

/** The open invite of a link, or nothing. */
export const findOpenInvite = (hash: string) =>
  prisma().invite.findFirst({ where: openInviteWhere(hash, new Date()), select: { id: true, email: true } });

const columns = `i.id, i.email, i.created_at AS "createdAt", i.expires_at AS "expiresAt", u.email AS "usedBy",
  CASE WHEN i.used_at IS NOT NULL THEN 'used' WHEN i.revoked_at IS NOT NULL THEN 'revoked'
       WHEN i.expires_at <= $3::timestamptz THEN 'expired' ELSE 'open' END AS status`;
// $2 is the fence; it speaks of projects, and an invite is in none: whoever is fenced sees no invites.
const mine = "i.user_id = $1::uuid AND $2::uuid[] IS NULL";
const inviteRows = sql(`
SELECT ${columns} FROM invites i LEFT JOIN users u ON u.id = i.used_by WHERE ${mine} ORDER BY i.created_at DESC, i.id DESC LIMIT 200`);
const inviteById = sql(`
SELECT ${columns} FROM invites i LEFT JOIN users u ON u.id = i.used_by WHERE ${mine} AND i.id = $4::uuid FOR UPDATE OF i`);

/** The invites this admin made, newest first. */
export const listInvites = (ctx: Ctx): Promise<Invite[]> =>
  ctx.db.query<Invite>(inviteRows, [...ownerOf(ctx.actor), ctx.now]);

/** One of them, locked until the transaction ends. */
export async function lockInvite(ctx: Ctx, id: string): Promise<Invite | undefined> {
  const [row] = await ctx.db.query<Invite>(inviteById, [...ownerOf(ctx.actor), ctx.now, id]);
  return row;
}

/** When a session began: what the authorization server tells as the time of sign-in. */
export async function sessionStart(id: string): Promise<Date> {
  const { createdAt } = await prisma().session.findUniqueOrThrow({ where: { id }, select: { createdAt: true } });
  return createdAt;
}
