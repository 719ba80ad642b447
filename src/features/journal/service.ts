import "server-only";
import { type MutationCtx, ownerOf } from "#core/context.ts";
import { sql } from "#core/db.ts";
import { AppError, notFound } from "#core/errors.ts";
import { findOperation, lockCurrentRows, ownedOperation } from "./data.ts";
import { type Entity, entities, within } from "./rules.ts";
import type { UndoOutcome } from "./schema.ts";

// Writes an image back where the row still has the version that the operation left. $4: image, $5: version it must have.
const restores = Object.fromEntries(
  Object.entries(entities).map(([entity, { table, owned, columns }]) => [
    entity,
    sql(`
UPDATE ${table} t SET (${columns.join(", ")}) = (SELECT ${columns.map((c) => `i.${c}`).join(", ")} FROM jsonb_populate_record(t, $4::jsonb) i),
  version = t.version + 1, updated_at = $6::timestamptz
WHERE ${owned} AND t.id = $3::uuid AND t.version = $5 RETURNING to_jsonb(t) AS after`),
  ]),
) as Record<Entity, ReturnType<typeof sql>>;

const markUndone = sql(`
UPDATE operations o SET status = $4, undone_by = $5::uuid WHERE ${ownedOperation("o")} AND o.id = $3::uuid`);

/**
 * Takes one operation back (design §7): each row that still has the version the operation left gets its former image; rows
 * changed since are skipped and listed, never overwritten. Undoing an addition moves the row to the trash. The undo is an
 * operation itself, so it can be undone too.
 * @throws RESOURCE_NOT_FOUND for an operation that is not the actor's, CONFLICT when it was undone already or nothing can be
 */
export async function undoOperation(ctx: MutationCtx, input: { id: string }): Promise<UndoOutcome> {
  const { db, actor, now, recorder } = ctx;
  const operation = await findOperation(ctx, input.id);
  if (!operation) throw notFound();
  if (operation.undoneBy) throw new AppError("CONFLICT", "This was undone already.");
  const rows = await lockCurrentRows(ctx, operation.id);
  const mine = within(actor, "write");
  if (rows.some(({ entity }) => !mine.includes(entity))) throw notFound();
  const skipped: UndoOutcome["skipped"] = [];
  let undone = 0;
  for (const row of rows) {
    const label = String(row.after.title ?? row.after.name ?? "");
    const target = row.before ?? { ...row.after, deleted_at: now.toISOString(), deleted_by: actor.userId };
    const isCurrent = row.current !== null && row.current.version === row.versionAfter;
    const [restored] = isCurrent
      ? await db.query<{ after: Record<string, unknown> }>(restores[row.entity], [
          ...ownerOf(actor),
          row.entityId,
          JSON.stringify(target),
          row.versionAfter,
          now,
        ])
      : [];
    if (!restored || !row.current) {
      skipped.push({ entity: row.entity, id: row.entityId, label, reason: row.current ? "changed_since" : "gone" });
      continue;
    }
    undone++;
    recorder.changed({
      entity: row.entity,
      id: row.entityId,
      versionBefore: row.versionAfter,
      versionAfter: row.versionAfter + 1,
      before: row.current,
      after: restored.after,
    });
  }
  if (undone === 0)
    throw new AppError("CONFLICT", "Nothing was undone: every part of it was changed since.", {
      details: skipped.map((s) => ({ field: s.id, message: s.label })),
    });
  recorder.undoes(operation.id);
  await db.query(markUndone, [
    ...ownerOf(actor),
    operation.id,
    skipped.length > 0 ? "partly_undone" : "undone",
    recorder.operationId,
  ]);
  return { undone, skipped };
}
