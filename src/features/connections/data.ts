import "server-only";
import { createHash } from "node:crypto";
import { dayIn, instantAt } from "#core/clock.ts";
import { type Actor, type Ctx, ownerOf } from "#core/context.ts";
import { type Db, pooled, sql } from "#core/db.ts";
import { env } from "#core/env.ts";
import { notFound } from "#core/errors.ts";
import { slidingWindow } from "#core/limits.ts";
import { standing } from "#core/standing.ts";
import { listTimeline } from "#features/journal/data.ts";
import { countMax } from "./consent.ts";
import type { Assistant, AssistantDetail, AssistantName, AssistantState } from "./schema.ts";

/** Is the grant `g` of the person `u` alive? Neither ended nor run out, and its person in good standing. */
export const holds = `g.ended_at IS NULL AND (g.expires_at IS NULL OR g.expires_at > now()) AND ${standing("g")}`;

export type ResolvedGrant = {
  grantId: string;
  clientId: string;
  clientName: string;
  scopes: string[];
  projects: string[] | null;
  isPaused: boolean;
  userId: string;
  name: string;
  email: string;
  role: "user" | "admin";
  zone: string;
  theme: "system" | "light" | "dark";
  /** May this call go on, how many more may follow, and when does the window end (epoch milliseconds)? */
  ok: boolean;
  remaining: number;
  resetMs: number;
};

// One statement, like a session's (identity/data.ts): who is it, does the grant and the key hold, count the call, note the use.
const resolve = sql(`
WITH found AS (
  SELECT g.id, g.client_id, g.client_name, g.scopes, g.projects, g.paused_at IS NOT NULL AS is_paused, g.last_used_at,
    u.id AS user_id, u.name, u.email, u.role, u.time_zone, u.theme
  FROM grants g JOIN users u ON u.id = g.user_id
  WHERE g.id = $1::uuid AND g.user_id = $2::uuid AND g.client_id = $3 AND ${holds}
    AND EXISTS (SELECT FROM signing_keys k WHERE k.kid = $4 AND (k.expires_at IS NULL OR k.expires_at > now()))
), counted AS (${slidingWindow("$5::text || ':' || found.id", "$6::int", "$7::numeric", "$8::int", "CROSS JOIN found")}
), touched AS (
  UPDATE grants SET last_used_at = now() FROM found
  WHERE grants.id = found.id AND (found.last_used_at IS NULL OR found.last_used_at < now() - interval '1 minute')
)
SELECT f.id AS "grantId", f.client_id AS "clientId", f.client_name AS "clientName", f.scopes, f.projects, f.is_paused AS "isPaused",
  f.user_id AS "userId", f.name, f.email, f.role, f.time_zone AS zone, f.theme, c.ok, c.remaining, c.reset_ms AS "resetMs"
FROM found f CROSS JOIN counted c`);

/**
 * The grant behind a token, counting `weight` calls against its limit in the same statement.
 * @returns nothing when grant, person or signing key no longer hold
 */
export async function resolveGrant(
  db: Db,
  claim: { gid: string; sub: string; client_id: string; kid: string },
  limit: { name: string; tokens: number; windowSeconds: number },
  weight = 1,
): Promise<ResolvedGrant | undefined> {
  const tokens = Math.max(1, Math.round(limit.tokens * env().LIMIT_FACTOR));
  const values = [
    claim.gid,
    claim.sub,
    claim.client_id,
    claim.kid,
    limit.name,
    tokens,
    limit.windowSeconds * 1000,
    weight,
  ];
  const [row] = await db.query<ResolvedGrant>(resolve, values);
  return row;
}

// A key-share lock lets all else be noted in the row; only `held` (service.ts), which ends, pauses and narrows, waits for it.
const keep = sql(`
SELECT g.id FROM grants g JOIN users u ON u.id = g.user_id
WHERE g.id = $1::uuid AND g.user_id = $2::uuid AND $3 = ANY(g.scopes) AND g.paused_at IS NULL AND ${holds} FOR KEY SHARE OF g`);

/** Holds a grant in place until the transaction ends. @returns whether it still allows this */
export const keepGrant = async (db: Db, id: string, userId: string, scope: string): Promise<boolean> =>
  (await db.query(keep, [id, userId, scope])).length > 0;

/** $1 owns the grant; whoever has a fence ($2) knows of grants within that fence only. */
export const ownedGrant = "g.user_id = $1::uuid AND ($2::uuid[] IS NULL OR g.projects <@ $2::uuid[])";

const endedAt = `least(g.ended_at, CASE WHEN g.expires_at <= now() THEN g.expires_at END,
  CASE WHEN g.created_at < u.credentials_changed_at THEN u.credentials_changed_at END)`;
const state = `g.id, g.client_name AS name, g.client_host AS host, g.redirect_uri AS "redirectUri", g.trust, g.color, g.approved, g.scopes,
  g.created_at AS "createdAt", g.last_used_at AS "lastUsedAt", g.expires_at AS "expiresAt", g.paused_at AS "pausedAt", ${endedAt} AS "endedAt",
  coalesce(g.ended_by, CASE WHEN g.expires_at <= now() THEN 'expiry' WHEN g.created_at < u.credentials_changed_at THEN 'credentials' END) AS "endedBy"`;
// $3 is when the person's day began.
const today = `jsonb_build_object(
  'changed', (SELECT count(*) FROM operations o JOIN changes c ON c.operation_id = o.id
    WHERE o.user_id = g.user_id AND o.grant_id = g.id AND o.created_at >= $3::timestamptz),
  'read', (SELECT greatest(count(DISTINCT t.id), max(r.tasks), 0) FROM read_receipts r LEFT JOIN LATERAL unnest(r.task_ids) AS t(id) ON true
    WHERE r.user_id = g.user_id AND r.grant_id = g.id AND r.minute >= date_trunc('minute', $3::timestamptz)),
  'refused', (SELECT count(*) FROM audit_events a
    WHERE a.user_id = g.user_id AND a.grant_id = g.id AND a.result <> 'success' AND a.created_at >= $3::timestamptz)) AS today`;
const grants = "FROM grants g JOIN users u ON u.id = g.user_id";
/** Live ones in the order they were connected, then those that ended within 90 days. */
const shown = `AND coalesce(${endedAt} > now() - interval '90 days', true)
  ORDER BY ${endedAt} DESC NULLS FIRST, g.created_at, g.id LIMIT 200`;

const names = sql(`
SELECT g.id, g.client_name AS name, g.color, g.paused_at IS NOT NULL AS "isPaused", ${endedAt} IS NOT NULL AS "isEnded"
${grants} WHERE ${ownedGrant} ${shown}`);

/** Name and mark of each assistant, for lists that show who acted. */
export const listNames = async (ctx: Ctx): Promise<{ items: AssistantName[] }> => ({
  items: await ctx.db.query<AssistantName>(names, ownerOf(ctx.actor)),
});

const startOfDay = ({ actor, now }: Ctx): Date => instantAt(actor.zone, dayIn(actor.zone, now), 0);

const list = sql(`SELECT ${state}, ${today} ${grants} WHERE ${ownedGrant} ${shown}`);

/** Every connection with what it did today. */
export const listAssistants = async (ctx: Ctx): Promise<{ items: Assistant[] }> => ({
  items: await ctx.db.query<Assistant>(list, [...ownerOf(ctx.actor), startOfDay(ctx)]),
});

const one = sql(`
SELECT ${state}, ${today}, (SELECT jsonb_build_object('at', a.created_at, 'capability', a.action, 'code', a.code) FROM audit_events a
  WHERE a.user_id = g.user_id AND a.grant_id = g.id AND a.result <> 'success' ORDER BY a.created_at DESC LIMIT 1) AS "lastRefusal"
${grants} WHERE ${ownedGrant} AND g.id = $4::uuid`);

/** One connection with its receipts: what it read, changed and was refused, newest first. @throws RESOURCE_NOT_FOUND */
export async function getAssistant(
  ctx: Ctx,
  input: { id: string; cursor?: string | undefined; limit: number },
): Promise<AssistantDetail> {
  const { id, cursor, limit } = input;
  const [[row], receipts] = await Promise.all([
    ctx.db.query<Omit<AssistantDetail, "receipts">>(one, [...ownerOf(ctx.actor), startOfDay(ctx), id]),
    listTimeline(ctx, { who: id, changesOnly: false, cursor, limit }),
  ]);
  if (!row) throw notFound();
  return { ...row, receipts };
}

const found = sql(`SELECT ${state} ${grants} WHERE ${ownedGrant} AND g.id = $3::uuid`);

/** One connection without its figures. @throws RESOURCE_NOT_FOUND */
export async function findAssistant(ctx: Pick<Ctx, "db" | "actor">, id: string): Promise<AssistantState> {
  const [row] = await ctx.db.query<AssistantState>(found, [...ownerOf(ctx.actor), id]);
  if (!row) throw notFound();
  return row;
}

/** The key of a record in `oauth_records`: what somebody could use stands there as its SHA-256 only. */
export const recordKey = (value: string): string => createHash("sha256").update(value).digest("base64url");

const redirect = sql(`
SELECT payload->'params'->>'redirect_uri' AS uri FROM oauth_records
WHERE model = 'Interaction' AND id = $1 AND expires_at > now()`);

/** Where the answer to this request for approval will lead; nothing secret, so no cookie is asked for. */
export async function redirectOf(uid: string): Promise<string | null> {
  const [row] = await pooled().query<{ uri: string | null }>(redirect, [recordKey(uid)]);
  return row?.uri ?? null;
}

const tasks = sql(`
SELECT count(*)::int AS n FROM (SELECT FROM tasks WHERE user_id = $1::uuid AND deleted_at IS NULL LIMIT ${countMax + 1}) AS counted`);

/** How many tasks the consent page speaks of; one more than `countMax` stands for all beyond it. */
export async function countTasks({ userId }: Actor): Promise<number> {
  const [row] = await pooled().query<{ n: number }>(tasks, [userId]);
  return row?.n ?? 0;
}
