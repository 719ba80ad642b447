import "server-only";
import { type Actor, type Ctx, type MutationCtx, ownerOf } from "#core/context.ts";
import { sql } from "#core/db.ts";
import { AppError, insufficientScope, notFound } from "#core/errors.ts";
import { ownedOperation, type PlannedRow, planUndo } from "./data.ts";
import { type Entity, entities, type Image, imageOf, within } from "./rules.ts";
import type { UndoManyOutcome, UndoOutcome, UndoPreview } from "./schema.ts";

const kinds = Object.entries(entities);

/** The row of each change as it stands now, before anything is put back. */
const current = kinds.map(
  ([entity, { table, owned }]) =>
    `SELECT c.id, to_jsonb(t) AS current FROM c JOIN ${table} t ON c.entity = '${entity}' AND t.id = c.entity_id WHERE ${owned}`,
);
/** Writes the former image back where the row still has the version that the operation left. */
const restored = kinds.map(
  ([entity, { table, owned, columns }]) => `${entity}_back AS (
  UPDATE ${table} t SET (${columns.join(", ")}) = (SELECT ${columns.map((c) => `i.${c}`).join(", ")} FROM jsonb_populate_record(t, c.target) i),
    version = t.version + 1, updated_at = $4::timestamptz
  FROM c WHERE c.entity = '${entity}' AND t.id = c.entity_id AND t.version = c.version_after AND ${owned}
  RETURNING c.id, to_jsonb(t) AS after)`,
);
const restoredRows = kinds.map(([entity]) => `SELECT id, after FROM ${entity}_back`).join(" UNION ALL ");

// One statement. `op` is locked until the transaction ends: of two undos at once the second waits, sees that it was undone
// and finds nothing to do. Who acts by a grant ($6) reaches the operations of that grant only (design §9).
const undo = sql(`
WITH op AS (
  SELECT o.id, o.undone_by FROM operations o
  WHERE ${ownedOperation("o")} AND o.id = $3::uuid AND ($6::uuid IS NULL OR o.grant_id = $6::uuid) FOR UPDATE
), c AS (
  SELECT c.*, coalesce(c.before, c.after || jsonb_build_object('deleted_at', $4::timestamptz, 'deleted_by', $1::uuid)) AS target
  FROM changes c JOIN op ON op.id = c.operation_id WHERE op.undone_by IS NULL
), now AS (${current.join(" UNION ALL ")}),
${restored.join(", ")},
back AS (${restoredRows}),
marked AS (
  UPDATE operations o SET undone_by = $5::uuid,
    status = CASE WHEN (SELECT count(*) FROM back) < (SELECT count(*) FROM c) THEN 'partly_undone' ELSE 'undone' END
  WHERE o.id = (SELECT id FROM op) AND EXISTS (SELECT FROM back)
)
SELECT op.undone_by AS "undoneBy", c.entity, c.entity_id AS "entityId", c.version_after AS "versionAfter", c.after, now.current, back.after AS restored
FROM op LEFT JOIN c ON true LEFT JOIN now ON now.id = c.id LEFT JOIN back ON back.id = c.id ORDER BY c.id DESC`);

type Row = { undoneBy: string | null } & (
  | { entity: null }
  | {
      entity: Entity;
      entityId: string;
      versionAfter: number;
      after: Image;
      current: Image | null;
      restored: Image | null;
    }
);

// Taking back an addition, or that something left the trash, is deleting: undo is no way around the permission for it.
const mayNotDelete = ({ scopes }: Actor) => insufficientScope("tasks:delete", scopes);

/**
 * Takes one operation back (design §7): each row that still has the version the operation left gets its former image; rows
 * changed since are skipped and listed, never overwritten. Undoing an addition moves the row to the trash. The undo is an
 * operation itself, so it can be undone too.
 * @throws RESOURCE_NOT_FOUND for an operation that is not the actor's, CONFLICT when it was undone already or nothing can be,
 *   FORBIDDEN where it would move a task to the trash and the actor may not
 */
export async function undoOperation(ctx: MutationCtx, input: { id: string }): Promise<UndoOutcome> {
  const { db, actor, now, recorder } = ctx;
  const values = [...ownerOf(actor), input.id, now, recorder.operationId, actor.grantId];
  const rows = await db.query<Row>(undo, values);
  if (rows.length === 0) throw notFound();
  if (rows[0]?.undoneBy) throw new AppError("CONFLICT", "This was undone already.");
  const mine = within(actor, "write");
  const skipped: UndoOutcome["skipped"] = [];
  let undone = 0;
  for (const row of rows) {
    if (row.entity === null) continue;
    // What was written so far is taken back with the transaction.
    if (!mine.includes(row.entity)) throw notFound();
    const { entity, entityId: id, versionAfter, after, current: before, restored: put } = row;
    if (!put || !before) {
      const label = String(after.title ?? after.name ?? "");
      skipped.push({ entity, id, label, reason: before ? "changed_since" : "gone" });
      continue;
    }
    if (put.deleted_at && !before.deleted_at && !actor.scopes.has("tasks:delete")) throw mayNotDelete(actor);
    undone++;
    recorder.changed({ entity, id, versionBefore: versionAfter, versionAfter: versionAfter + 1, before, after: put });
  }
  if (undone === 0)
    throw new AppError("CONFLICT", "Nothing was undone: every part of it was changed since.", {
      details: skipped.map((s) => ({ field: s.id, message: s.label })),
    });
  recorder.undoes(input.id);
  return { undone, skipped };
}

/** More than this at once is refused: each row is held in memory with its images, before and after. */
const undoManyMax = 5000;

type Kind = "back" | "same" | "changed_since" | "gone";

function kindOf({ isGone, isSame, operations }: PlannedRow): Kind {
  if (isGone) return "gone";
  if (operations.length === 0) return "changed_since";
  return isSame ? "same" : "back";
}

function outcomeOf(rows: readonly PlannedRow[]): UndoManyOutcome {
  const skipped = rows.flatMap((row) => {
    const { entity, id, label } = row;
    const reason = kindOf(row);
    return reason === "changed_since" || reason === "gone" ? [{ entity, id, label, reason }] : [];
  });
  const undone = rows.filter((row) => kindOf(row) === "back").length;
  return { changed: undone + skipped.length, undone, skipped };
}

/** What `undoGrant` would do right now, in the same figures, without doing it. */
export async function previewUndoGrant(ctx: Ctx, input: { grantId: string; since: Date }): Promise<UndoPreview> {
  const rows = await planUndo(ctx, input, undoManyMax + 1, false);
  return { ...outcomeOf(rows.slice(0, undoManyMax)), isTooMuch: rows.length > undoManyMax };
}

const lockOperations = sql(`
SELECT o.id FROM operations o
WHERE ${ownedOperation("o")} AND o.grant_id = $3::uuid AND o.created_at >= $4::timestamptz AND o.undone_by IS NULL
ORDER BY o.id FOR UPDATE`);
const lockRows = kinds.map(([entity, { table, owned }]) =>
  sql(`SELECT t.id FROM ${table} t WHERE ${owned} AND t.id IN (
    SELECT c.entity_id FROM changes c WHERE c.operation_id = ANY($3::uuid[]) AND c.entity = '${entity}') ORDER BY t.id FOR NO KEY UPDATE`),
);
const putBack = sql(`
WITH c AS (SELECT * FROM jsonb_to_recordset($3::jsonb) AS c(id uuid, entity text, entity_id uuid, version_after int, target jsonb)),
${restored.join(", ")},
marked AS (
  UPDATE operations o SET undone_by = $5::uuid,
    status = CASE WHEN d.count < (SELECT count(*) FROM changes x WHERE x.operation_id = o.id) THEN 'partly_undone' ELSE 'undone' END
  FROM (SELECT id, count(*) FROM unnest($6::uuid[]) id GROUP BY id) d
  WHERE o.user_id = $1::uuid AND o.id = d.id AND o.undone_by IS NULL
)
${restoredRows}`);

/**
 * Takes back everything that one assistant did since an instant (design §7), as one operation that can be undone itself. Each
 * row goes back to what it was before the assistant's latest run of changes; what it added goes to the trash. A row that
 * somebody else changed last is left alone and listed. With nothing to take back, nothing is written.
 * @throws CONFLICT when it is more than can be undone at once
 */
export async function undoGrant(ctx: MutationCtx, input: { grantId: string; since: Date }): Promise<UndoManyOutcome> {
  const { db, actor, now, recorder } = ctx;
  const owner = ownerOf(actor);
  // Of two at once the second waits here, and then sees what the first has left: nothing.
  const locked = await db.query<{ id: string }>(lockOperations, [...owner, input.grantId, input.since]);
  const operations = locked.map(({ id }) => id);
  for (const lock of lockRows) await db.query(lock, [...owner, operations]);
  const rows = await planUndo(ctx, input, undoManyMax + 1, true);
  if (rows.length > undoManyMax)
    throw new AppError("CONFLICT", `More than ${undoManyMax} tasks were changed in this time. Choose a shorter one.`);
  const outcome = outcomeOf(rows);
  if (outcome.undone === 0) return outcome;
  const mine = within(actor, "write");
  const back = new Map(rows.filter((row) => kindOf(row) === "back").map((row) => [row.id, row]));
  const trash = { deleted_at: now.toISOString(), deleted_by: actor.userId };
  const planned = [...back.values()].map(({ entity, id, version, current, before }) => {
    if (!mine.includes(entity)) throw notFound();
    const target = before ?? { ...current, ...trash };
    if (target.deleted_at && !current?.deleted_at && !actor.scopes.has("tasks:delete")) throw mayNotDelete(actor);
    return { id, entity, entity_id: id, version_after: version, target: imageOf(entity, target) };
  });
  const taken = rows.flatMap(({ operations: run }) => run);
  const values = [...owner, JSON.stringify(planned), now, recorder.operationId, taken];
  const written = await db.query<{ id: string; after: Image }>(putBack, values);
  // The rows are locked, so this cannot be; were it, nothing of it may stay.
  if (written.length < planned.length)
    throw new AppError("CONFLICT", "Someone changed this at the same time. Try again.");
  for (const { id, after } of written) {
    const row = back.get(id);
    if (!row) continue;
    const versionBefore = Number(row.version);
    const { entity, current: before } = row;
    recorder.changed({ entity, id, versionBefore, versionAfter: versionBefore + 1, before, after });
  }
  const [latest] = taken
    .filter((id) => operations.includes(id))
    .sort()
    .reverse();
  if (latest) recorder.undoes(latest);
  return outcome;
}
