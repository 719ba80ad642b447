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
 * Tasks are cut into strata: one status, one priority, and due on a day, due at an instant or never. Within a stratum
 * importance is constant, nothing is pinned or unblocks anything yet, and Fits now is constant because free time is unknown.
 * Three things vary, and each has an index that lists the stratum from most to fewest points (migration scoring_indexes):
 * when work must begin at the latest (deadline), creation (waiting), start of work (momentum, only in progress).
 * The first rows of every list are read. A task that no list returned comes after the last row of *each* of its lists, so it
 * has at most the points of an imaginary task that is as good as those last rows in every term (Fagin's threshold). When that
 * imaginary task comes after the fourth best one read, in the full order with its ties, nothing unread can be among the best
 * four: the answer is exact. A list that returned fewer rows than asked for was read to its end, so then nothing of its
 * stratum is unread. Groups for which neither holds are read again, further down; mostly none, because a level of priority
 * is worth ten points and the first rows are the most pressing ones.
 *
 * Pins and relations will each come with a list of their own. Free minutes would make Fits now vary and need one too.
 */

type List = "day" | "instant" | "dated" | "undated" | "started";
/** A task in one of the lists, as short as the score allows; instants in milliseconds, which spares parsing text. */
type Row = {
  list: List;
  id: string;
  status: "pending" | "in_progress";
  priority: number;
  dueDate: string | null;
  dueAt: number | null;
  estimateMinutes: number | null;
  created: number;
  started: number | null;
};
/** All strata of one status and priority, and how far down their lists are read. */
type Group = Pick<Row, "status" | "priority"> & { limit: number };

/** Age tells little, so that list is read less far. */
const asked = (list: List, limit: number) => (list === "dated" ? Math.floor(limit / 4) + 1 : limit);

const read = (list: List, condition: string, order: string) => `
  (SELECT '${list}' AS list, t.id, t.status, t.priority, t.due_date AS "dueDate", date_part('epoch', t.due_at) * 1000 AS "dueAt",
     t.estimate_minutes AS "estimateMinutes", date_part('epoch', t.created_at) * 1000 AS created, date_part('epoch', t.started_at) * 1000 AS started
   FROM tasks t
   WHERE ${owned("t")} AND t.deleted_at IS NULL AND t.status <> 'completed' AND t.priority = g.priority AND ${condition}
     AND COALESCE(t.snoozed_until, '-infinity'::timestamptz) <= $3::timestamptz
   ORDER BY ${order} LIMIT ${list === "dated" ? "g.most / 4 + 1" : "g.most"})`;

const begin = "(t.due_at AT TIME ZONE 'UTC') - make_interval(mins => COALESCE(t.estimate_minutes, 0)::int)";

/** The first rows of every list of the groups ($4 status, $5 priority, $6 limit). */
const firstRows = sql(`
SELECT l.* FROM unnest($4::text[], $5::smallint[], $6::int[]) AS g(status, priority, most) CROSS JOIN LATERAL (${[
  read(
    "day",
    "t.status = g.status AND t.due_date IS NOT NULL",
    "t.due_date, t.estimate_minutes DESC NULLS LAST, t.created_at, t.id",
  ),
  read("instant", "t.status = g.status AND t.due_at IS NOT NULL", `${begin}, t.created_at, t.id`),
  read("dated", "t.status = g.status AND t.due_sort < 'infinity'", "t.created_at, t.id"),
  read("undated", "t.status = g.status AND t.due_sort = 'infinity'", "t.created_at, t.id"),
  read(
    "started",
    "g.status = 'in_progress' AND t.status = 'in_progress'",
    "t.started_at DESC NULLS LAST, t.created_at, t.id",
  ),
].join(" UNION ALL ")}) l`);

const measuresOf = (row: Row, zone: string): Measures => ({
  id: row.id,
  isInProgress: row.status === "in_progress",
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

/** Places that every unread task of the group comes after, one per kind of due; none when everything has been read. */
function unreadPlaces(group: Group, lists: ReadonlyMap<List, readonly Row[]>, moment: Moment): Place[] {
  const last = (list: List) => {
    const rows = lists.get(list) ?? [];
    return rows.length < asked(list, group.limit) ? undefined : rows.at(-1);
  };
  const latest = last("started");
  if (group.status === "in_progress" && !latest) return [];
  const kinds = [
    [last("day"), last("dated")],
    [last("instant"), last("dated")],
    [last("undated"), last("undated")],
  ] as const;
  return kinds.flatMap(([pressing, oldest]): Place[] => {
    if (!pressing || !oldest) return [];
    const bound = unreadDue(pressing, moment.zone);
    const started = latest?.started ?? null;
    const measures = { ...measuresOf({ ...oldest, started }, moment.zone), due: bound.begin, estimateMinutes: null };
    return [{ units: weigh(measures, moment).units, measures: { ...measures, due: bound.due } }];
  });
}

/** How far down the lists are read at first, and how much further each time that was not enough. */
const firstLimit = 8;
const widening = 8;
const startGroups = [5, 4, 3, 2, 1].flatMap((priority) =>
  (["pending", "in_progress"] as const).map((status): Group => ({ status, priority, limit: firstLimit })),
);

/**
 * Ids of the best open task and its runners-up, best first: exactly those that `chooseNext` would pick from all tasks.
 * Normally one statement and a few hundred short rows at most, whatever the number of tasks.
 */
export async function findBest(ctx: Ctx): Promise<string[]> {
  const moment: Moment = { now: ctx.now, zone: ctx.actor.zone };
  const seen = new Set<string>();
  let best: Weighed[] = [];
  let groups = startGroups;
  while (groups.length > 0) {
    const rows = await ctx.db.query<Row>(firstRows, [
      ...ownerOf(ctx.actor),
      ctx.now,
      groups.map((group) => group.status),
      groups.map((group) => group.priority),
      groups.map((group) => group.limit),
    ]);
    const fresh = rows.filter((row) => !seen.has(row.id) && seen.add(row.id));
    best = [...best, ...fresh.map((row) => weigh(measuresOf(row, moment.zone), moment))]
      .sort(compare)
      .slice(0, 1 + runnersUpCount);
    const byGroup = Map.groupBy(rows, (row) => `${row.status} ${row.priority}`);
    const worst = best[runnersUpCount];
    groups = groups
      .filter((group) => {
        const lists = Map.groupBy(byGroup.get(`${group.status} ${group.priority}`) ?? [], (row) => row.list);
        return unreadPlaces(group, lists, moment).some((place) => !worst || compare(worst, place) > 0);
      })
      .map((group) => ({ ...group, limit: group.limit * widening }));
  }
  return best.map(({ measures }) => measures.id);
}

const chosen = sql(`
WITH snoozed AS (
  SELECT count(*)::int AS snoozed FROM (
    SELECT FROM tasks t WHERE ${owned("t")} AND t.deleted_at IS NULL AND t.status <> 'completed' AND t.snoozed_until IS NOT NULL
      AND t.snoozed_until > $3::timestamptz LIMIT 999) s
)
SELECT s.snoozed, ${taskColumns}
FROM snoozed s LEFT JOIN tasks t ON ${owned("t")} AND t.id = ANY($4::uuid[])`);

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
