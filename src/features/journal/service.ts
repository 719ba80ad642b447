import "server-only";
import { type MutationCtx, ownerOf } from "#core/context.ts";
import { sql } from "#core/db.ts";
import { AppError, notFound } from "#core/errors.ts";
import { ownedOperation } from "./data.ts";
import { type Entity, entities, within } from "./rules.ts";
import type { UndoOutcome } from "./schema.ts";

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
back AS (${kinds.map(([entity]) => `SELECT id, after FROM ${entity}_back`).join(" UNION ALL ")}),
marked AS (
  UPDATE operations o SET undone_by = $5::uuid,
    status = CASE WHEN (SELECT count(*) FROM back) < (SELECT count(*) FROM c) THEN 'partly_undone' ELSE 'undone' END
  WHERE o.id = (SELECT id FROM op) AND EXISTS (SELECT FROM back)
)
SELECT op.undone_by AS "undoneBy", c.entity, c.entity_id AS "entityId", c.version_after AS "versionAfter", c.after, now.current, back.after AS restored
FROM op LEFT JOIN c ON true LEFT JOIN now ON now.id = c.id LEFT JOIN back ON back.id = c.id ORDER BY c.id DESC`);

type Image = Record<string, unknown>;
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
const mayNotDelete = () =>
  new AppError("FORBIDDEN", "This needs the permission tasks:delete.", {
    details: [{ field: "", message: "insufficient_scope: tasks:delete" }],
  });

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
    if (put.deleted_at && !before.deleted_at && !actor.scopes.has("tasks:delete")) throw mayNotDelete();
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
