import "server-only";
import { type Ctx, owned, ownerOf } from "#core/context.ts";
import { sql } from "#core/db.ts";
import { taskColumns } from "#features/tasks/data.ts";
import type { Task } from "#features/tasks/schema.ts";
import {
  compare,
  dueOf,
  longestEstimateMinutes,
  type Measures,
  type Moment,
  type Place,
  runnersUpCount,
  type Weighed,
  weigh,
} from "./rules.ts";

/**
 * Finding the next task without reading all tasks, and without guessing.
 *
 * Nothing is pinned or unblocks anything yet, and Fits now is the same for all because free time is unknown. So tasks of one
 * priority differ in three things, and each has an index that lists them from most to fewest points (migration
 * scoring_indexes): when work must begin at the latest (deadline), creation (waiting), start of work (momentum, only in
 * progress). Tasks without a date need no list per priority: a level of it is worth more than any waiting.
 * The first rows of every list are read. A task that no list returned comes after the last row of *each* list it belongs to,
 * so it has at most the points of an imaginary task that is as good as those last rows in every term (Fagin's threshold).
 * When that imaginary task comes after the fourth best one read, in the full order with its ties, nothing unread can be among
 * the best four: the answer is exact. A list that returned fewer rows than asked for was read to its end, so then nothing of
 * its kind is unread, or nothing unread is in progress. Where this does not hold, lists are read again, further down; mostly
 * nowhere, because a level of priority is worth ten points and the first rows are the most pressing ones.
 *
 * Pins and relations will each come with a list of their own. Free minutes would make Fits now vary and need one too.
 */

type List = "day" | "instant" | "dated" | "undated" | "started";
/** A task in one of the lists, as short as the score allows; instants in milliseconds, which spares parsing text. */
type Row = {
  list: List;
  id: string;
  priority: number;
  dueDate: string | null;
  dueAt: number | null;
  estimateMinutes: number | null;
  created: number;
  /** Null when not in progress. */
  started: number | null;
};
/** How far down the lists of days, instants and ages are read, by priority; and the other two. */
type Depth = { groups: { priority: number; limit: number }[]; undated: number; started: number };

const read = (list: List, condition: string, order: string, limit: string) => `
  (SELECT '${list}' AS list, t.id, t.priority, t.due_date AS "dueDate", date_part('epoch', t.due_at) * 1000 AS "dueAt",
     t.estimate_minutes AS "estimateMinutes", date_part('epoch', t.created_at) * 1000 AS created,
     CASE WHEN t.status = 'in_progress' THEN date_part('epoch', t.started_at) * 1000 END AS started
   FROM tasks t
   WHERE ${owned("t")} AND t.deleted_at IS NULL AND ${condition} AND COALESCE(t.snoozed_until, '-infinity'::timestamptz) <= $3::timestamptz
   ORDER BY ${order} LIMIT ${limit})`;

const open = "t.status <> 'completed'";
const begin = "(t.due_at AT TIME ZONE 'UTC') - make_interval(mins => COALESCE(t.estimate_minutes, 0)::int)";
const ofGroup = `${open} AND t.priority = g.priority`;

/** The first rows of the lists. $4 priorities, $5 their limits, $6 limit of undated, $7 of started. */
const firstRows = sql(`
SELECT l.* FROM unnest($4::smallint[], $5::int[]) AS g(priority, most) CROSS JOIN LATERAL (${[
  read(
    "day",
    `${ofGroup} AND t.due_date IS NOT NULL`,
    "t.due_date, t.estimate_minutes DESC NULLS LAST, t.created_at, t.id",
    "g.most",
  ),
  read("instant", `${ofGroup} AND t.due_at IS NOT NULL`, `${begin}, t.created_at, t.id`, "g.most"),
  read("dated", `${ofGroup} AND t.due_sort < 'infinity'`, "t.created_at, t.id", "g.most"),
].join(" UNION ALL ")}) l
UNION ALL ${read("undated", `${open} AND t.due_sort = 'infinity'`, "t.priority DESC, t.created_at, t.id", "$6::int")}
UNION ALL ${read("started", "t.status = 'in_progress'", "t.started_at DESC NULLS LAST, t.created_at, t.id", "$7::int")}`);

const measuresOf = (row: Omit<Row, "list">, zone: string): Measures => ({
  id: row.id,
  isInProgress: row.started !== null,
  priority: row.priority,
  due: dueOf(row.dueDate, row.dueAt, zone),
  estimateMinutes: row.estimateMinutes,
  created: Math.round(row.created),
  started: row.started === null ? null : Math.round(row.started),
  unblocks: 0,
  pinned: false,
});

const minute = 60_000;

/**
 * The earliest that work may have to begin for a task that comes after `last` in its list, and the earliest it may be due.
 * In the list of days, tasks of the same day take no longer, those of a later day may take up to the longest estimate; that is
 * shorter than a day, save for a day that its zone left out. The other list is in the order of beginning itself, and due is
 * after that.
 */
function unreadDue(last: Row, zone: string): { begin: number; due: number } {
  const due = dueOf(last.dueDate, last.dueAt, zone);
  const own = due - (last.estimateMinutes ?? 0) * minute;
  if (last.dueDate === null) return { begin: own, due: own };
  const nextDay = new Date(Date.parse(last.dueDate) + 24 * 60 * minute).toISOString().slice(0, 10);
  return { begin: Math.min(own, dueOf(nextDay, null, zone) - longestEstimateMinutes * minute), due };
}

type LastRow = (list: List, priority?: number) => Row | undefined;

/** Places that every unread task of a priority with a date, or of those without, comes after; none when all were read. */
function unreadPlaces(last: LastRow, priority: number | undefined, moment: Moment): Place[] {
  const kinds = priority ? (["day", "instant"] as const) : (["undated"] as const);
  return kinds.flatMap((kind): Place[] => {
    const pressing = last(kind, priority);
    const oldest = priority ? last("dated", priority) : pressing;
    if (!pressing || !oldest) return [];
    const bound = unreadDue(pressing, moment.zone);
    const started = last("started")?.started ?? null;
    const imaginary = measuresOf(
      { ...oldest, dueDate: null, dueAt: null, estimateMinutes: null, started },
      moment.zone,
    );
    return [
      { units: weigh({ ...imaginary, due: bound.begin }, moment).units, measures: { ...imaginary, due: bound.due } },
    ];
  });
}

/** Few people have more tasks than this that press; the low priorities seldom come near, and a few rows prove it. */
const firstDepth: Depth = {
  groups: [5, 4, 3, 2, 1].map((priority) => ({ priority, limit: priority > 2 ? 16 : 4 })),
  undated: 8,
  started: 64,
};
const widening = 4;
// Momentum fades fast: further down, hardly any is left.
const wideningOfStarted = 8;

/**
 * Ids of the best open task and its runners-up, best first: exactly those that `chooseNext` would pick from all tasks.
 * Normally one statement and a few hundred short rows at most, whatever the number of tasks.
 */
export async function findBest(ctx: Ctx): Promise<string[]> {
  const moment: Moment = { now: ctx.now, zone: ctx.actor.zone };
  const seen = new Set<string>();
  let best: Weighed[] = [];
  let latest: Row | undefined;
  let depth = firstDepth;
  while (depth.groups.length > 0 || depth.undated > 0) {
    const { groups, undated, started } = depth;
    const rows = await ctx.db.query<Row>(firstRows, [
      ...ownerOf(ctx.actor),
      ctx.now,
      groups.map((group) => group.priority),
      groups.map((group) => group.limit),
      undated,
      started,
    ]);
    const fresh = rows.filter((row) => !seen.has(row.id) && seen.add(row.id));
    best = [...best, ...fresh.map((row) => weigh(measuresOf(row, moment.zone), moment))]
      .sort(compare)
      .slice(0, 1 + runnersUpCount);
    const worst = best[runnersUpCount];
    const lists = Map.groupBy(rows, ({ list, priority }) =>
      list === "undated" || list === "started" ? list : `${list}${priority}`,
    );
    const lastOf = (list: string, limit: number) => {
      const of = lists.get(list) ?? [];
      return of.length < limit ? undefined : of.at(-1);
    };
    if (started > 0) latest = lastOf("started", started);
    const isOpen = (limit: number, priority?: number) => {
      const last: LastRow = (list) => (list === "started" ? latest : lastOf(`${list}${priority ?? ""}`, limit));
      return unreadPlaces(last, priority, moment).some((place) => !worst || compare(worst, place) > 0);
    };
    depth = {
      groups: groups
        .filter(({ limit, priority }) => isOpen(limit, priority))
        .map((group) => ({ ...group, limit: group.limit * widening })),
      undated: undated > 0 && isOpen(undated) ? undated * widening : 0,
      started: latest ? started * wideningOfStarted : 0,
    };
  }
  return best.map(({ measures }) => measures.id);
}

// OFFSET 0 keeps the rows' own key in charge: left to itself, a generic plan walks an index of all the owner's tasks.
const chosen = sql(`
WITH snoozed AS (
  SELECT count(*)::int AS snoozed FROM (
    SELECT FROM tasks t WHERE ${owned("t")} AND t.deleted_at IS NULL AND t.status <> 'completed' AND t.snoozed_until IS NOT NULL
      AND t.snoozed_until > $3::timestamptz LIMIT 999) s
)
SELECT s.snoozed, ${taskColumns}
FROM snoozed s LEFT JOIN (
  unnest($4::uuid[]) AS wanted(id) CROSS JOIN LATERAL (SELECT * FROM tasks WHERE tasks.id = wanted.id OFFSET 0) t
) ON ${owned("t")}`);

/** Tasks by id as they are now, and how many open ones are snoozed (counted up to 999), in one statement. */
export async function readChosen(ctx: Ctx, ids: readonly string[]): Promise<{ tasks: Task[]; snoozed: number }> {
  const rows = await ctx.db.query<{ snoozed: number } & (Task | { id: null })>(chosen, [
    ...ownerOf(ctx.actor),
    ctx.now,
    ids,
  ]);
  return {
    snoozed: rows[0]?.snoozed ?? 0,
    tasks: rows.flatMap(({ snoozed: _, ...row }) => (row.id === null ? [] : [row as Task])),
  };
}
