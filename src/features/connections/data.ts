import "server-only";
import { type Db, sql } from "#core/db.ts";
import { env } from "#core/env.ts";
import { slidingWindow } from "#core/limits.ts";
import { standing } from "#core/standing.ts";

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
