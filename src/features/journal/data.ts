import "server-only";
import { type Ctx, ownerOf } from "#core/context.ts";
import { decodeCursor, encodeCursor } from "#core/cursor.ts";
import { sql } from "#core/db.ts";
import { within } from "./rules.ts";
import type { Activity, ActivityList } from "./schema.ts";

/**
 * Owner and fence of an operation: $1 owns it, and under a fence ($2) every row it touched lies inside, after it and before.
 * Projects are read from the images, so that an operation never shows more than its tasks would; the one before counts because
 * it shows what the task was called there, and because undo would put the task back there, out of the fence.
 */
export const ownedOperation = (o: string) => `${o}.user_id = $1::uuid AND ($2::uuid[] IS NULL OR NOT EXISTS (
  SELECT FROM changes f WHERE f.operation_id = ${o}.id AND NOT (
    coalesce((f.after->>'project_id')::uuid = ANY($2::uuid[]), false)
    AND (f.before IS NULL OR coalesce((f.before->>'project_id')::uuid = ANY($2::uuid[]), false)))))`;

const page = (filters: string) =>
  sql(`
SELECT o.id, o.actor, o.via, o.client_id AS "clientId", o.capability, o.reason, o.request_id AS "requestId", o.status,
  o.undoes, o.undone_by AS "undoneBy", u.created_at AS "undoneAt", o.created_at AS "createdAt",
  f.entity, f.entity_id AS "entityId", coalesce(f.after->>'title', f.after->>'name', '') AS subject,
  nullif(coalesce(f.before->>'title', f.before->>'name'), coalesce(f.after->>'title', f.after->>'name')) AS "subjectBefore",
  n.count AS "changeCount",
  ARRAY(SELECT k FROM jsonb_object_keys(f.after) k WHERE f.before IS NOT NULL AND f.before->k IS DISTINCT FROM f.after->k ORDER BY k) AS changed
FROM operations o
JOIN LATERAL (SELECT c.entity, c.entity_id, c.before, c.after FROM changes c WHERE c.operation_id = o.id ORDER BY c.id LIMIT 1) f ON true
JOIN LATERAL (SELECT count(*)::int AS count FROM changes c WHERE c.operation_id = o.id) n ON true
LEFT JOIN operations u ON u.id = o.undone_by
WHERE ${ownedOperation("o")} AND f.entity = ANY($4::text[]) ${filters} ORDER BY o.created_at DESC, o.id DESC LIMIT $3`);

/** The journal, newest first, one statement. */
export async function listActivity(
  ctx: Ctx,
  input: { entityId?: string | undefined; cursor?: string | undefined; limit: number },
): Promise<ActivityList> {
  const values: unknown[] = [...ownerOf(ctx.actor), input.limit + 1, within(ctx.actor, "read")];
  let filters = "";
  if (input.entityId) {
    values.push(input.entityId);
    filters += ` AND EXISTS (SELECT FROM changes e WHERE e.operation_id = o.id AND e.user_id = $1::uuid AND e.entity_id = $${values.length}::uuid)`;
  }
  if (input.cursor) {
    values.push(...decodeCursor(input.cursor, "instant"));
    filters += ` AND (o.created_at, o.id) < ($${values.length - 1}::timestamptz, $${values.length}::uuid)`;
  }
  const rows = await ctx.db.query<Activity>(page(filters), values);
  const items = rows.slice(0, input.limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > input.limit && last ? encodeCursor(last.createdAt, last.id) : null };
}
