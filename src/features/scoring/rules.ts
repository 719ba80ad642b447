import { TZDate } from "@date-fns/tz";
import { dayIn, endOfDay } from "#core/clock.ts";
import { messages } from "./messages.ts";

/**
 * Strategy `balanced`, version 1 (design §11, product §9.3): points that add up, and a gate in front of them.
 * Pure: the time and the zone are arguments, so the same task at the same moment always has the same score.
 */

export const strategy = "balanced";
export const strategyVersion = 1;
/** What the terms add up to at most; a pin is an explicit override and comes on top. */
export const maxPoints = 100;

/** Points of each term, in the order in which a statement lists them. */
export const weights = {
  importance: 40,
  deadline: 30,
  unblocks: 10,
  momentum: 8,
  fits: 8,
  waiting: 4,
  pinned: 20,
} as const;
export type Term = keyof typeof weights;
const terms = Object.keys(weights) as Term[];

const minute = 60_000;
const day = 24 * 60 * minute;
/** An estimate is 1–480 minutes (tasks/schema.ts and a CHECK constraint). */
export const longestEstimateMinutes = 480;

/** What the score reads of a task. Instants are ISO 8601. */
export type Candidate = Readonly<{
  id: string;
  status: "pending" | "in_progress" | "completed";
  priority: number;
  dueDate: string | null;
  dueAt: string | null;
  estimateMinutes: number | null;
  snoozedUntil: string | null;
  startedAt: string | null;
  completedAt: string | null;
  deletedAt: string | null;
  createdAt: string;
  /** Open tasks that wait for this one. */
  unblocks: number;
  pinned: boolean;
}>;

/** When and where the question is asked. `freeMinutes` is left out when nobody knows how much time there is. */
export type Moment = Readonly<{ now: Date; zone: string; freeMinutes?: number }>;

export type ScoreLine = { term: Term; label: string; points: number; of: number; reason: string };
export type Score = { total: number; max: number; strategy: typeof strategy; version: number; lines: ScoreLine[] };
export type Gate = "completed" | "deleted" | "snoozed";
export type Scored<C extends Candidate> = { task: C; score: Score };

/**
 * A candidate with what its place depends on. `units` are exact points in billionths: whole numbers, so adding them up
 * neither drifts nor depends on the order, and two machines agree.
 */
export type Weighed<C> = Readonly<{
  candidate: C;
  id: string;
  units: number;
  parts: readonly number[];
  due: number;
  priority: number;
  created: number;
}>;

const unitsPerPoint = 1e9;
const unitsPerTenth = unitsPerPoint / 10;

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
const known = (iso: string | null) => {
  const ms = iso === null ? Number.NaN : Date.parse(iso);
  return Number.isNaN(ms) ? null : ms;
};

/** When it is due, in milliseconds since 1970: the instant, or the end of the day where the person is. `ends` remembers days. */
function dueOf(
  { dueAt, dueDate }: Pick<Candidate, "dueAt" | "dueDate">,
  zone: string,
  ends: Map<string, number>,
): number | null {
  if (dueAt !== null || known(dueDate) === null || dueDate === null) return known(dueAt);
  let end = ends.get(dueDate);
  if (end === undefined) {
    end = endOfDay(zone, dueDate).getTime();
    ends.set(dueDate, end);
  }
  return end;
}

/**
 * How much a deadline presses, 0–1, from the time that is left after the work itself (`slack`, milliseconds): halves every
 * 3 days ahead, 0.9 when the last possible moment to begin is now, 1 when that is 7 days past. Continuous and monotone.
 */
export const pressure = (slack: number): number =>
  slack >= 0 ? 0.9 * 2 ** (-slack / (3 * day)) : 0.9 + 0.1 * Math.min(1, -slack / (7 * day));

function fitting(estimate: number | null, free: number | undefined): number {
  if (estimate === null || free === undefined) return 0.5;
  return estimate <= free ? 1 : 0;
}

/** The exact points of one candidate. Whatever is missing counts as nothing known, never as NaN and never against it. */
export function weigh<C extends Candidate>(candidate: C, moment: Moment, ends = new Map<string, number>()): Weighed<C> {
  const now = moment.now.getTime();
  const priority = clamp(Math.round(candidate.priority) || 3, 1, 5);
  const due = dueOf(candidate, moment.zone, ends);
  const created = known(candidate.createdAt) ?? now;
  const started = candidate.status === "in_progress" ? known(candidate.startedAt) : null;
  const fractions: Record<Term, number> = {
    importance: (priority - 1) / 4,
    deadline: due === null ? 0 : pressure(due - now - (candidate.estimateMinutes ?? 0) * minute),
    unblocks: 1 - 0.5 ** Math.max(0, candidate.unblocks),
    momentum: started === null ? 0 : 2 ** (-Math.max(0, now - started) / (3 * day)),
    fits: fitting(candidate.estimateMinutes, moment.freeMinutes),
    waiting: clamp((now - created) / (30 * day), 0, 1),
    pinned: candidate.pinned ? 1 : 0,
  };
  const parts = terms.map((term) => Math.round(weights[term] * fractions[term] * unitsPerPoint));
  const units = parts.reduce((sum, part) => sum + part, 0);
  return { candidate, id: candidate.id, units, parts, due: due ?? Number.POSITIVE_INFINITY, priority, created };
}

/** Everything `compare` looks at. */
export type Place = Pick<Weighed<unknown>, "id" | "units" | "due" | "priority" | "created">;

/** The order of tasks: score, then due first, higher priority, older, id (design §11). Total: only the same task is equal. */
export function compare(a: Place, b: Place): number {
  if (a.units !== b.units) return b.units - a.units;
  if (a.due !== b.due) return a.due < b.due ? -1 : 1;
  if (a.priority !== b.priority) return b.priority - a.priority;
  if (a.created !== b.created) return a.created - b.created;
  return a.id < b.id ? -1 : Number(a.id > b.id);
}

/** Why a task is not in the running, or null when it is. */
export function gateOf(candidate: Candidate, now: Date): Gate | null {
  if (candidate.deletedAt !== null) return "deleted";
  if (candidate.status === "completed" || candidate.completedAt !== null) return "completed";
  return (known(candidate.snoozedUntil) ?? Number.NEGATIVE_INFINITY) > now.getTime() ? "snoozed" : null;
}

function dueReason(candidate: Candidate, due: number, { now, zone }: Moment): string {
  const { dueDate, estimateMinutes } = candidate;
  const today = dayIn(zone, now);
  const dueDay = candidate.dueAt === null && dueDate !== null ? dueDate : dayIn(zone, new Date(due));
  const clock = new TZDate(due, zone);
  const time = [clock.getHours(), clock.getMinutes()].map((n) => String(n).padStart(2, "0")).join(":");
  return messages.due({
    day: dueDay,
    today,
    daysLeft: Math.round((Date.parse(dueDay) - Date.parse(today)) / day),
    time: candidate.dueAt === null ? null : time,
    minutesLeft: (due - now.getTime()) / minute,
    estimateMinutes,
  });
}

function reasonFor(term: Term, { candidate, priority, due, created }: Weighed<Candidate>, moment: Moment): string {
  const now = moment.now.getTime();
  const { estimateMinutes, status, unblocks } = candidate;
  switch (term) {
    case "importance":
      return messages.importance(priority);
    case "deadline":
      return Number.isFinite(due) ? dueReason(candidate, due, moment) : messages.noDate;
    case "unblocks":
      return messages.unblocks(Math.max(0, unblocks));
    case "momentum": {
      if (status !== "in_progress") return messages.notStarted;
      const started = known(candidate.startedAt);
      if (started === null) return messages.startUnknown;
      const since = Date.parse(dayIn(moment.zone, moment.now)) - Date.parse(dayIn(moment.zone, new Date(started)));
      return messages.started(Math.max(0, Math.round(since / day)));
    }
    case "fits":
      if (estimateMinutes === null) return messages.noEstimate;
      if (moment.freeMinutes === undefined) return messages.freeTimeUnknown(estimateMinutes);
      return messages.fits(estimateMinutes, moment.freeMinutes);
    case "waiting":
      return messages.waiting(Math.max(0, Math.floor((now - created) / day)));
    case "pinned":
      return messages.pinned;
  }
}

/**
 * The statement: lines in points with one decimal that add up to the total exactly.
 *
 * The total is the exact sum, rounded once; so tasks ordered by exact points never show totals in another order. The lines
 * are the exact terms cut to tenths, and the tenths still missing go to the terms that were cut most (largest remainder), so
 * each printed line is within 0.1 of its exact term. Rounding every line by itself instead would move a total by up to 0.3
 * and could print a higher total below a lower one. All of it in whole tenths: nothing drifts.
 */
export function statement(weighed: Weighed<Candidate>, moment: Moment): Score {
  const total = Math.round(weighed.units / unitsPerTenth);
  const tenths = weighed.parts.map((part) => Math.floor(part / unitsPerTenth));
  const missing = total - tenths.reduce((sum, part) => sum + part, 0);
  const byRemainder = weighed.parts
    .map((part, index) => ({ index, remainder: part % unitsPerTenth }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  const raised = new Set(byRemainder.slice(0, missing).map(({ index }) => index));
  const lines = terms.flatMap((term, index): ScoreLine[] => {
    const points = ((tenths[index] ?? 0) + Number(raised.has(index))) / 10;
    if (term === "pinned" && points === 0) return [];
    return [
      { term, label: messages.labels[term], points, of: weights[term], reason: reasonFor(term, weighed, moment) },
    ];
  });
  return { total: total / 10, max: maxPoints, strategy, version: strategyVersion, lines };
}

/** The score of one task with its reasons. */
export const scoreTask = (candidate: Candidate, moment: Moment): Score => statement(weigh(candidate, moment), moment);

/** Exact points of everything that is in the running, best first. */
export function rank<C extends Candidate>(candidates: Iterable<C>, moment: Moment): Weighed<C>[] {
  const ends = new Map<string, number>();
  const running: Weighed<C>[] = [];
  for (const candidate of candidates) {
    if (gateOf(candidate, moment.now) === null) running.push(weigh(candidate, moment, ends));
  }
  return running.sort(compare);
}

/** How many runners-up stand behind the best. */
export const runnersUpCount = 3;

/** The one task to do now, the next three, and how many each gate kept out. No task: `best` is null. */
export function chooseNext<C extends Candidate>(candidates: readonly C[], moment: Moment) {
  const gates: Record<Gate, number> = { completed: 0, deleted: 0, snoozed: 0 };
  for (const candidate of candidates) {
    const gate = gateOf(candidate, moment.now);
    if (gate !== null) gates[gate] += 1;
  }
  const [best, ...runnersUp] = rank(candidates, moment)
    .slice(0, 1 + runnersUpCount)
    .map((weighed): Scored<C> => ({ task: weighed.candidate, score: statement(weighed, moment) }));
  return { best: best ?? null, runnersUp, gates };
}
