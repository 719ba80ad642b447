import "server-only";
import type { NamedCapability } from "#core/capability.ts";
import type { Ctx } from "#core/context.ts";
import { sql } from "#core/db.ts";

/** A receipt names so many tasks; those after them are only counted. */
const mostIds = 100;

// One row for each connection, tool and minute, so that a client that asks all the time leaves no more than one a minute.
const note = sql(`
INSERT INTO read_receipts AS r (user_id, grant_id, tool, minute, calls, tasks, task_ids)
VALUES ($1::uuid, $2::uuid, $3, date_trunc('minute', $4::timestamptz), 1, $5::int, $6::uuid[])
ON CONFLICT (user_id, grant_id, minute, tool) DO UPDATE SET calls = r.calls + 1, tasks = r.tasks + excluded.tasks,
  task_ids = ARRAY(SELECT id FROM unnest(r.task_ids || excluded.task_ids) WITH ORDINALITY AS u(id, nth) GROUP BY id ORDER BY min(nth) LIMIT ${mostIds})`);

/** Notes for the person what a connected assistant was shown, through whatever door. */
export async function noteRead(
  ctx: Ctx,
  { name, capability }: NamedCapability,
  taskIds: readonly string[],
): Promise<void> {
  const { userId, grantId } = ctx.actor;
  if (!grantId) return;
  const ids = [...new Set(taskIds)];
  await ctx.db.query(note, [
    userId,
    grantId,
    capability.tool?.name ?? name,
    ctx.now,
    ids.length,
    ids.slice(0, mostIds),
  ]);
}
