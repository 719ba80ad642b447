import "server-only";
import { addDays, dayIn, instantAt } from "#core/clock.ts";
import { type Ctx, owned, ownerOf } from "#core/context.ts";
import { decodeCursor, encodeCursor } from "#core/cursor.ts";
import { sql } from "#core/db.ts";
import { notFound } from "#core/errors.ts";
import { type ListTasks, listLimit, type Task, type TaskCounts, type TaskList, type View } from "./schema.ts";

/** The columns of the DTO, under its names, so that a row is the DTO. */
export const taskColumns = `t.id, t.title, t.description, t.status, t.priority, t.due_date AS "dueDate", t.due_at AS "dueAt",
  t.due_zone AS "dueZone", t.estimate_minutes AS "estimateMinutes", t.tags, t.project_id AS "projectId",
  t.snoozed_until AS "snoozedUntil", t.started_at AS "startedAt", t.completed_at AS "completedAt", t.deleted_at AS "deletedAt",
  t.version, t.created_at AS "createdAt", t.updated_at AS "updatedAt"`;

const byId = sql(
  `SELECT ${taskColumns} FROM tasks t WHERE ${owned("t")} AND t.id = $3::uuid AND ($4 OR t.deleted_at IS NULL)`,
);

/** One task. @throws RESOURCE_NOT_FOUND, alike for foreign, fenced and missing ones */
export async function getTask(ctx: Ctx, input: { id: string; includeDeleted: boolean }): Promise<Task> {
  const [row] = await ctx.db.query<Task>(byId, [...ownerOf(ctx.actor), input.id, input.includeDeleted]);
  if (!row) throw notFound();
  return row;
}

/** How a list is ordered: the expression, its direction, the DTO's way to read it back for the cursor. */
type Order = { key: string; type: "timestamptz" | "int"; desc: boolean };
const orders = {
  created: { key: "t.created_at", type: "timestamptz", desc: true },
  updated: { key: "t.updated_at", type: "timestamptz", desc: true },
  due: { key: "t.due_sort", type: "timestamptz", desc: false },
  priority: { key: "t.priority", type: "int", desc: true },
  completed: { key: "t.completed_at", type: "timestamptz", desc: true },
  deleted: { key: "t.deleted_at", type: "timestamptz", desc: true },
} as const satisfies Record<string, Order>;

const open = "t.deleted_at IS NULL AND t.status <> 'completed'";

/** Filters as closed fragments; values only ever travel as parameters. */
class Where {
  readonly values: unknown[];
  readonly #parts: string[];

  constructor(ctx: Ctx) {
    this.values = [...ownerOf(ctx.actor)];
    this.#parts = [owned("t")];
  }

  /** Each `?` in the fragment stands for the next value; a single value may stand for several. */
  and(fragment: string, ...values: unknown[]): void {
    const numbers = values.map((value) => `$${this.values.push(value)}`);
    let at = 0;
    this.#parts.push(fragment.replaceAll("?", () => (numbers.length === 1 ? numbers[0] : numbers[at++]) ?? "NULL"));
  }

  toString(): string {
    return this.#parts.map((part) => `(${part})`).join(" AND ");
  }
}

/**
 * The person's own lists. An expired snooze is simply over: nothing has to wake it (requirements M-83). Today holds what is
 * due today or earlier, what is snoozed among it, and what was completed today.
 */
function applyView(where: Where, view: View, ctx: Ctx): keyof typeof orders {
  const today = dayIn(ctx.actor.zone, ctx.now);
  switch (view) {
    case "inbox":
      where.and(`${open} AND t.project_id IS NULL`);
      where.and("t.snoozed_until IS NULL OR t.snoozed_until <= ?", ctx.now);
      return "created";
    case "today": {
      const start = instantAt(ctx.actor.zone, today, 0);
      const end = instantAt(ctx.actor.zone, addDays(today, 1), 0);
      // due_sort ends a day in UTC, so it bounds the index scan with a day and a half to spare; the days themselves decide.
      where.and(
        `(${open} AND t.due_sort < ?::timestamptz AND (t.due_date <= ?::date OR t.due_at < ?::timestamptz)) OR
         (t.deleted_at IS NULL AND t.status = 'completed' AND t.completed_at >= ?::timestamptz)`,
        new Date(end.getTime() + 36 * 3_600_000),
        today,
        end,
        start,
      );
      return "due";
    }
    case "all":
      where.and(open);
      return "created";
    case "completed":
      where.and("t.deleted_at IS NULL AND t.status = 'completed'");
      return "completed";
    case "trash":
      where.and("t.deleted_at IS NOT NULL");
      return "deleted";
  }
}

function applyFilters(where: Where, input: ListTasks, now: Date): void {
  if (input.view !== "trash" && !input.includeDeleted) where.and("t.deleted_at IS NULL");
  if (input.status === "open") where.and("t.status <> 'completed'");
  else if (input.status === "snoozed") where.and("t.status <> 'completed' AND t.snoozed_until > ?", now);
  else if (input.status === "completed") where.and("t.status = 'completed'");
  else if (input.status) {
    where.and("t.status = ?", input.status);
    where.and("t.snoozed_until IS NULL OR t.snoozed_until <= ?", now);
  }
  if (input.priority !== undefined) where.and("t.priority = ?::int", input.priority);
  if (input.projectId) where.and("t.project_id = ?::uuid", input.projectId);
  if (input.tag) where.and("EXISTS (SELECT FROM unnest(t.tags) tag WHERE lower(tag) = lower(?))", input.tag);
  if (input.dueBefore) where.and("t.due_sort < ?::timestamptz AND t.due_sort < 'infinity'", input.dueBefore);
  if (input.dueAfter) where.and("t.due_sort > ?::timestamptz AND t.due_sort < 'infinity'", input.dueAfter);
  if (input.createdBefore) where.and("t.created_at < ?::timestamptz", input.createdBefore);
  if (input.createdAfter) where.and("t.created_at > ?::timestamptz", input.createdAfter);
  // Wildcards in the query mean themselves.
  if (input.q) where.and("t.title ILIKE ? OR t.description ILIKE ?", `%${input.q.replace(/[\\%_]/g, "\\$&")}%`);
}

/** A page of tasks by keyset, one statement, no count. */
export async function listTasks(ctx: Ctx, input: ListTasks): Promise<TaskList> {
  const where = new Where(ctx);
  const natural = input.view ? applyView(where, input.view, ctx) : "created";
  applyFilters(where, input, ctx.now);
  const order: Order = orders[input.sort ?? natural];
  const direction = order.desc ? "DESC" : "ASC";
  if (input.cursor) {
    const [key, id] = decodeCursor(input.cursor, order.type === "int" ? "number" : "instant");
    const [k, i] = [where.values.push(key), where.values.push(id)];
    where.and(`(${order.key}, t.id) ${order.desc ? "<" : ">"} ($${k}::${order.type}, $${i}::uuid)`);
  }
  // The usual length stands in the text: only then does Postgres know that its plan is good for every list, and keeps it.
  const limit = input.limit === listLimit ? listLimit + 1 : `$${where.values.push(input.limit + 1)}`;
  const rows = await ctx.db.query<Task & { sortKey?: string | number }>(
    sql(
      `SELECT ${taskColumns}, ${order.key} AS "sortKey" FROM tasks t WHERE ${where} ORDER BY ${order.key} ${direction}, t.id ${direction} LIMIT ${limit}`,
    ),
    where.values,
  );
  const items = rows.slice(0, input.limit);
  const last = items.at(-1);
  return {
    items,
    nextCursor: rows.length > input.limit && last?.sortKey !== undefined ? encodeCursor(last.sortKey, last.id) : null,
  };
}

const counts = sql(`
SELECT count(*) FILTER (WHERE inbox)::int AS inbox, count(*) FILTER (WHERE late OR now)::int AS today, count(*) FILTER (WHERE late)::int AS overdue
FROM (
  (SELECT true AS inbox, false AS late, false AS now FROM tasks t
   WHERE ${owned("t")} AND ${open} AND t.project_id IS NULL AND (t.snoozed_until IS NULL OR t.snoozed_until <= $3::timestamptz) LIMIT 999)
  UNION ALL
  (SELECT false, coalesce(t.due_date < $4::date, t.due_at < $5::timestamptz), coalesce(t.due_date = $4::date, t.due_at >= $5::timestamptz) FROM tasks t
   WHERE ${owned("t")} AND ${open} AND (t.snoozed_until IS NULL OR t.snoozed_until <= $3::timestamptz)
     AND t.due_sort < $6::timestamptz + interval '36 hours' AND (t.due_date <= $4::date OR t.due_at < $6::timestamptz) LIMIT 999)
) open`);

/** The figures beside Inbox and Today, each counted up to 999: a badge needs no more, and the scan stays bounded. */
export async function countTasks(ctx: Ctx): Promise<TaskCounts> {
  const today = dayIn(ctx.actor.zone, ctx.now);
  const start = instantAt(ctx.actor.zone, today, 0);
  const end = instantAt(ctx.actor.zone, addDays(today, 1), 0);
  const [row] = await ctx.db.query<TaskCounts>(counts, [...ownerOf(ctx.actor), ctx.now, today, start, end]);
  return row ?? { inbox: 0, today: 0, overdue: 0 };
}
