import "server-only";
import { type Ctx, ownerOf } from "#core/context.ts";
import { decodeCursor, encodeCursor } from "#core/cursor.ts";
import { sql } from "#core/db.ts";
import { type Entity, entities, type Image, within } from "./rules.ts";
import type { ActivityList, ChangeEntry, ReadEntry, RefusalEntry, Timeline, TimelineEntry } from "./schema.ts";

/**
 * Owner and fence of an operation: $1 owns it, and under a fence ($2) every row it touched lies inside, after it and before.
 * Projects are read from the images, so that an operation never shows more than its tasks would; the one before counts because
 * it shows what the task was called there, and because undo would put the task back there, out of the fence.
 */
export const ownedOperation = (o: string) => `${o}.user_id = $1::uuid AND ($2::uuid[] IS NULL OR NOT EXISTS (
  SELECT FROM changes f WHERE f.operation_id = ${o}.id AND NOT (
    coalesce((f.after->>'project_id')::uuid = ANY($2::uuid[]), false)
    AND (f.before IS NULL OR coalesce((f.before->>'project_id')::uuid = ANY($2::uuid[]), false)))))`;

/** The value of the only field that changed, in one image; a due date is one field, however it is kept. */
const oneField = (image: string) => `CASE
  WHEN d.changed <@ '{due_date,due_at,due_zone}'::text[] THEN coalesce(f.${image}->>'due_at', f.${image}->>'due_date')
  WHEN cardinality(d.changed) = 1 THEN f.${image}->>d.changed[1] END`;

const page = (filters: string) =>
  sql(`
SELECT 'change' AS kind, o.id, o.actor, o.via, o.client_id AS "clientId", g.client_name AS "clientName", o.grant_id AS "grantId", g.color,
  o.capability, o.reason, o.request_id AS "requestId", o.status, o.undoes, wg.client_name AS "undoesName",
  o.undone_by AS "undoneBy", u.created_at AS "undoneAt", o.created_at AS "createdAt",
  f.entity, f.entity_id AS "entityId", coalesce(f.after->>'title', f.after->>'name', '') AS subject,
  nullif(coalesce(f.before->>'title', f.before->>'name'), coalesce(f.after->>'title', f.after->>'name')) AS "subjectBefore",
  n.count AS "changeCount", d.changed, ${oneField("before")} AS "fieldBefore", ${oneField("after")} AS "fieldAfter"
FROM operations o
JOIN LATERAL (SELECT c.entity, c.entity_id, c.before, c.after FROM changes c WHERE c.operation_id = o.id ORDER BY c.id LIMIT 1) f ON true
JOIN LATERAL (SELECT count(*)::int AS count FROM changes c WHERE c.operation_id = o.id) n ON true
CROSS JOIN LATERAL (SELECT ARRAY(SELECT k FROM jsonb_object_keys(f.after) k
  WHERE f.before IS NOT NULL AND f.before->k IS DISTINCT FROM f.after->k ORDER BY k) AS changed) d
LEFT JOIN operations u ON u.id = o.undone_by
LEFT JOIN grants g ON g.id = o.grant_id
LEFT JOIN operations w ON w.id = o.undoes
LEFT JOIN grants wg ON wg.id = w.grant_id
WHERE ${ownedOperation("o")} AND f.entity = ANY($4::text[]) ${filters} ORDER BY o.created_at DESC, o.id DESC LIMIT $3`);

type Filters = {
  entityId?: string | undefined;
  grantId?: string | undefined;
  isMine?: boolean;
  cursor?: string | undefined;
  limit: number;
};

/** One more than asked for, so that it shows whether there is a page after. */
async function changes(ctx: Ctx, input: Filters): Promise<ChangeEntry[]> {
  const values: unknown[] = [...ownerOf(ctx.actor), input.limit + 1, within(ctx.actor, "read")];
  let filters = "";
  if (input.entityId) {
    values.push(input.entityId);
    filters += ` AND EXISTS (SELECT FROM changes e WHERE e.operation_id = o.id AND e.user_id = $1::uuid AND e.entity_id = $${values.length}::uuid)`;
  }
  if (input.grantId) {
    values.push(input.grantId);
    filters += ` AND o.grant_id = $${values.length}::uuid`;
  }
  if (input.isMine) filters += " AND o.actor = 'person'";
  if (input.cursor) {
    values.push(...decodeCursor(input.cursor, "instant"));
    filters += ` AND (o.created_at, o.id) < ($${values.length - 1}::timestamptz, $${values.length}::uuid)`;
  }
  return await ctx.db.query<ChangeEntry>(page(filters), values);
}

/** A page of what was found, and where the next one starts. */
function cut<Item extends { id: string; createdAt: string }>(found: Item[], limit: number) {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > limit && last ? encodeCursor(last.createdAt, last.id) : null };
}

/** The journal, newest first, one statement. */
export const listActivity = async (ctx: Ctx, input: Filters): Promise<ActivityList> =>
  cut(await changes(ctx, input), input.limit);

// What an assistant read within ten minutes is one entry: a client that asks all the time must not fill the page. Only the
// latest receipts are looked at, many more than a page can show. $3 how many, $4 grant or null, $5 and $6 the cursor or null.
const reads = sql(`
SELECT 'read' AS kind, b.id, b.grant_id AS "grantId", g.client_name AS "clientName", g.color, b.calls, b.tasks, b.at AS "createdAt"
FROM (
  SELECT md5(r.grant_id::text || date_bin('10 minutes', r.minute, 'epoch')::text)::uuid AS id, r.grant_id, max(r.minute) AS at,
    (sum(r.calls) FILTER (WHERE r.nth = 1))::int AS calls, greatest(count(DISTINCT r.task_id), max(r.tasks))::int AS tasks
  FROM (
    SELECT latest.grant_id, latest.minute, latest.calls, latest.tasks, t.task_id, coalesce(t.nth, 1) AS nth
    FROM (SELECT * FROM read_receipts WHERE user_id = $1::uuid AND $2::uuid[] IS NULL AND ($4::uuid IS NULL OR grant_id = $4::uuid)
      AND ($5::timestamptz IS NULL OR minute <= $5::timestamptz) ORDER BY minute DESC LIMIT 4000) latest
    LEFT JOIN LATERAL unnest(latest.task_ids) WITH ORDINALITY AS t(task_id, nth) ON true
  ) r GROUP BY r.grant_id, date_bin('10 minutes', r.minute, 'epoch')
) b JOIN grants g ON g.id = b.grant_id
WHERE $5::timestamptz IS NULL OR (b.at, b.id) < ($5::timestamptz, $6::uuid)
ORDER BY b.at DESC, b.id DESC LIMIT $3`);

const refusals = sql(`
SELECT 'refusal' AS kind, a.id, a.grant_id AS "grantId", g.client_name AS "clientName", g.color, a.action AS capability, a.code, a.created_at AS "createdAt"
FROM audit_events a JOIN grants g ON g.id = a.grant_id
WHERE a.user_id = $1::uuid AND $2::uuid[] IS NULL AND a.result <> 'success' AND ($4::uuid IS NULL OR a.grant_id = $4::uuid)
  AND ($5::timestamptz IS NULL OR (a.created_at, a.id) < ($5::timestamptz, $6::uuid))
ORDER BY a.created_at DESC, a.id DESC LIMIT $3`);

const newestFirst = (a: TimelineEntry, b: TimelineEntry): number =>
  a.createdAt === b.createdAt ? (a.id < b.id ? 1 : -1) : a.createdAt < b.createdAt ? 1 : -1;

/**
 * What happened, newest first: the journal, and between its entries what assistants read and were refused.
 * @param input `who` is everyone, the person themselves, or one grant
 */
export async function listTimeline(
  ctx: Ctx,
  input: { who: string; changesOnly: boolean; cursor?: string | undefined; limit: number },
): Promise<Timeline> {
  const { who, cursor, limit } = input;
  const isMine = who === "me";
  const grantId = who === "everyone" || isMine ? undefined : who;
  const after = cursor ? decodeCursor(cursor, "instant") : [null, null];
  const values = [...ownerOf(ctx.actor), limit + 1, grantId ?? null, ...after];
  const [changed, read, refused] = await Promise.all([
    changes(ctx, { cursor, limit, grantId, isMine }),
    isMine || input.changesOnly ? [] : ctx.db.query<ReadEntry>(reads, values),
    isMine || input.changesOnly ? [] : ctx.db.query<RefusalEntry>(refusals, values),
  ]);
  return cut([...changed, ...read, ...refused].sort(newestFirst), limit);
}

/** A row that a grant changed in a span, and what undoing all of it would do to the row. */
export type PlannedRow = {
  entity: Entity;
  id: string;
  label: string;
  /** Gone for good. */
  isGone: boolean;
  /** It is already as it was before: the assistant has put it back by itself. */
  isSame: boolean;
  version: number | null;
  /** The operations of the grant's latest run of changes, once for each change; empty when somebody else changed the row last. */
  operations: string[];
  /** As it stands now, and as it was before that run; null where the run began by adding it. Only where images are wanted. */
  current: Image | null;
  before: Image | null;
};

const currentRows = Object.entries(entities).map(
  ([entity, { table, owned }]) =>
    `SELECT '${entity}' AS entity, t.id, t.version, to_jsonb(t) AS image FROM ${table} t
    WHERE ${owned} AND t.id IN (SELECT entity_id FROM mine WHERE entity = '${entity}')`,
);
// Versions count up by one, so a change belongs to the run that ends in the present version exactly when as many changes of
// the grant lie above it as versions do. A change by anybody else leaves a gap, and the run ends there.
const inRun = "FILTER (WHERE m.version_after = n.version + 1 - m.nth)";
const recorded = `CASE p.entity ${Object.entries(entities)
  .map(([entity, { columns }]) => `WHEN '${entity}' THEN '{${columns.join(",")}}'::text[]`)
  .join(" ")} END`;
const plan = sql(`
WITH mine AS (
  SELECT c.entity, c.entity_id, c.version_after, c.before, coalesce(c.after->>'title', c.after->>'name', '') AS label, o.id AS operation_id,
    o.undone_by, row_number() OVER (PARTITION BY c.entity, c.entity_id ORDER BY c.version_after DESC) AS nth
  FROM operations o JOIN changes c ON c.operation_id = o.id
  WHERE ${ownedOperation("o")} AND o.grant_id = $3::uuid AND o.created_at >= $4::timestamptz
), n AS (${currentRows.join(" UNION ALL ")}), p AS (
  SELECT m.entity, m.entity_id, (array_agg(m.label ORDER BY m.nth))[1] AS label,
    (array_agg(m.before ORDER BY m.nth DESC) ${inRun})[1] AS before,
    coalesce(array_agg(m.operation_id) ${inRun}, '{}') AS operations
  FROM mine m LEFT JOIN n ON n.entity = m.entity AND n.id = m.entity_id
  GROUP BY m.entity, m.entity_id HAVING bool_or(m.undone_by IS NULL)
)
SELECT p.entity, p.entity_id AS id, p.label, n.id IS NULL AS "isGone", n.version, p.operations,
  CASE WHEN p.before IS NULL THEN n.image->>'deleted_at' IS NOT NULL
    ELSE NOT EXISTS (SELECT FROM unnest(${recorded}) k WHERE n.image->k IS DISTINCT FROM p.before->k) END AS "isSame",
  CASE WHEN $6::boolean THEN n.image END AS current, CASE WHEN $6::boolean THEN p.before END AS before
FROM p LEFT JOIN n ON n.entity = p.entity AND n.id = p.entity_id ORDER BY p.entity_id LIMIT $5`);

/**
 * The rows that undoing everything a grant did since an instant is about, without touching them.
 * @param withImages what undoing needs; counting does without
 */
export const planUndo = (
  ctx: Pick<Ctx, "actor" | "db">,
  input: { grantId: string; since: Date },
  limit: number,
  withImages: boolean,
): Promise<PlannedRow[]> =>
  ctx.db.query<PlannedRow>(plan, [...ownerOf(ctx.actor), input.grantId, input.since, limit, withImages]);
