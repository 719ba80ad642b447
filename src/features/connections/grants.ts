import "server-only";
import { pooled, sql, transaction } from "#core/db.ts";
import { newId } from "#core/id.ts";
import { notifyAssistant } from "#features/notifications/service.ts";
import { holds } from "./data.ts";

/** A grant as the authorization server sees it; times in epoch seconds. */
export type LiveGrant = Readonly<{
  userId: string;
  clientId: string;
  scopes: string[];
  createdAt: number;
  expiresAt: number | null;
}>;

const find = sql(`
SELECT g.user_id AS "userId", g.client_id AS "clientId", g.scopes, extract(epoch FROM g.created_at)::int AS "createdAt",
  extract(epoch FROM g.expires_at)::int AS "expiresAt"
FROM grants g JOIN users u ON u.id = g.user_id WHERE g.id = $1::uuid AND ${holds}`);

/** The grant, as long as it holds: neither ended nor run out, its person in good standing. */
export async function findGrant(id: string): Promise<LiveGrant | undefined> {
  const [grant] = await pooled().query<LiveGrant>(find, [id]);
  return grant;
}

type Person = { name: string; email: string; isVerified: boolean };
const person = sql(`
SELECT name, email, email_verified_at IS NOT NULL AS "isVerified" FROM users
WHERE id = $1::uuid AND deleted_at IS NULL AND (banned_until IS NULL OR banned_until <= now())`);

/** Who may still get tokens: neither banned nor deleted. */
export async function findPerson(id: string): Promise<Person | undefined> {
  const [found] = await pooled().query<Person>(person, [id]);
  return found;
}

const end = sql(`
WITH ended AS (
  UPDATE grants SET ended_at = now(), ended_by = $2 WHERE id = $1::uuid AND ended_at IS NULL RETURNING id, user_id, client_name
), gone AS (DELETE FROM oauth_records WHERE grant_id = $1::uuid), audit AS (
  INSERT INTO audit_events (id, user_id, via, action, resource_id, result, code, request_id, grant_id)
  SELECT $3::uuid, user_id, 'system', 'connection.ended', id, 'success', $2, $4, id FROM ended
)
SELECT user_id AS "userId", client_name AS "clientName" FROM ended`);

/**
 * Ends a connection by itself, not by its person: its client gave it back (`client`), or a renewal token or code came a second
 * time (`reuse`), which only happens when somebody has a copy; then the person is told. Access tokens end with it.
 */
export async function endGrant(id: string, by: "client" | "reuse"): Promise<void> {
  await transaction(async (db) => {
    const requestId = newId();
    const [grant] = await db.query<{ userId: string; clientName: string }>(end, [id, by, newId(), requestId]);
    if (grant && by === "reuse") await notifyAssistant(db, { ...grant, grantId: id, type: "ASSISTANT_TOKEN_REUSED" });
  });
}
