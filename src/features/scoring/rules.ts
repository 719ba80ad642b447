import { TZDate } from "@date-fns/tz";
import { dayIn, endOfDay } from "#core/clock.ts";
import { messages } from "./messages.ts";

/**
 * Strategy `balanced`, version 1 (design §11, product §9.3): points that add up, and a gate in front of them.
 * Pure: the time and the zone are arguments, so the same task at the same moment always has the same score.
 */

const strategy = "balanced";
const strategyVersion = 1;
/** What the terms add up to at most; a pin is an explicit override and comes on top. */
const maxPoints = 100;

/** Points of each term, in the order in which a statement lists them. */
const weights = {
  importance: 40,
  deadline: 30,
  unblocks: 10,
  momentum: 8,
  fits: 8,
  waiting: 4,
  pinned: 20,
} as const;
type Term = keyof typeof weights;
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

type ScoreLine = { term: Term; label: string; points: number; of: number; reason: string };
export type Score = { total: number; max: number; strategy: typeof strategy; version: number; lines: ScoreLine[] };
export type Gate = "completed" | "deleted" | "snoozed";
export type Scored<C extends Candidate> = { task: C; score: Score };

/** A task as figures: what its points and its place depend on. Times in milliseconds since 1970. */
export type Measures = Readonly<{
  id: string;
  isInProgress: boolean;
  priority: number;
  /** Infinity when there is no date. */
  due: number;
  estimateMinutes: number | null;
  created: number;
  started: number | null;
  unblocks: number;
  pinned: boolean;
}>;

/**
 * A task with its exact points: per term and together, in billionths. Whole numbers, so that adding them up neither drifts
 * nor depends on the order, and two machines agree.
 */
export type Weighed<M extends Measures = Measures> = Readonly<{ measures: M; parts: readonly number[]; units: number }>;

const unitsPerPoint = 1e9;
const unitsPerTenth = unitsPerPoint / 10;

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
const known = (iso: string | null) => {
  const ms = iso === null ? Number.NaN : Date.parse(iso);
  return Number.isNaN(ms) ? null : ms;
};

const dayEnds = new Map<string, number>();

/** The end of a day where the person is. Remembered, because a zone's clock is slow to ask: it depends on the arguments alone. */
function dayEnd(zone: string, dueDate: string): number {
  const key = `${dueDate}${zone}`;
  let end = dayEnds.get(key);
  if (end === undefined) {
    end = known(dueDate) === null ? Number.NaN : endOfDay(zone, dueDate).getTime();
    if (dayEnds.size >= 20_000) dayEnds.clear();
    dayEnds.set(key, end);
  }
  return end;
}

/** When a task is due: its instant, or the end of its day where the person is; Infinity when never. */
export function dueOf(dueDate: string | null, dueAt: number | null, zone: string): number {
  const due = dueAt ?? (dueDate === null ? Number.NaN : dayEnd(zone, dueDate));
  return Number.isNaN(due) ? Number.POSITIVE_INFINITY : due;
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

const unitsOf = (term: Term, fraction: number) => Math.round(weights[term] * fraction * unitsPerPoint);

/** The figures of a candidate. Whatever is missing or unreadable counts as not known. */
export function measure<C extends Candidate>(candidate: C, { now, zone }: Moment): Measures & { candidate: C } {
  return {
    candidate,
    id: candidate.id,
    isInProgress: candidate.status === "in_progress",
    priority: clamp(Math.round(candidate.priority) || 3, 1, 5),
    due: dueOf(candidate.dueDate, known(candidate.dueAt), zone),
    estimateMinutes: candidate.estimateMinutes,
    created: known(candidate.createdAt) ?? now.getTime(),
    started: known(candidate.startedAt),
    unblocks: Math.max(0, candidate.unblocks),
    pinned: candidate.pinned,
  };
}

/** The exact points of a task. What is not known is never NaN and never counts against it. */
export function weigh<M extends Measures>(measures: M, moment: Moment): Weighed<M> {
  const now = moment.now.getTime();
  const { isInProgress, started, estimateMinutes } = measures;
  // In the order of `terms`; written out because this runs for every candidate.
  const parts = [
    unitsOf("importance", (measures.priority - 1) / 4),
    unitsOf("deadline", pressure(measures.due - now - (estimateMinutes ?? 0) * minute)),
    unitsOf("unblocks", 1 - 0.5 ** measures.unblocks),
    unitsOf("momentum", isInProgress && started !== null ? 2 ** (-Math.max(0, now - started) / (3 * day)) : 0),
    unitsOf("fits", fitting(estimateMinutes, moment.freeMinutes)),
    unitsOf("waiting", clamp((now - measures.created) / (30 * day), 0, 1)),
    unitsOf("pinned", measures.pinned ? 1 : 0),
  ];
  let units = 0;
  for (const part of parts) units += part;
  return { measures, parts, units };
}

/** Everything `compare` looks at. */
export type Place = Readonly<{ units: number; measures: Pick<Measures, "id" | "due" | "priority" | "created"> }>;

/** The order of tasks: score, then due first, higher priority, older, id (design §11). Total: only the same task is equal. */
export function compare({ units: unitsA, measures: a }: Place, { units: unitsB, measures: b }: Place): number {
  if (unitsA !== unitsB) return unitsB - unitsA;
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

/** `18:00`, as the wall clock in the zone shows it. */
function clockTime(instant: number, zone: string): string {
  const clock = new TZDate(instant, zone);
  return [clock.getHours(), clock.getMinutes()].map((n) => String(n).padStart(2, "0")).join(":");
}

function dueReason(candidate: Candidate, due: number, { now, zone }: Moment): string {
  const { dueAt, dueDate, estimateMinutes } = candidate;
  const isWholeDay = dueAt === null && dueDate !== null;
  const today = dayIn(zone, now);
  const dueDay = isWholeDay ? dueDate : dayIn(zone, new Date(due));
  return messages.due({
    day: dueDay,
    today,
    daysLeft: Math.round((Date.parse(dueDay) - Date.parse(today)) / day),
    time: isWholeDay ? null : clockTime(due, zone),
    minutesLeft: (due - now.getTime()) / minute,
    estimateMinutes,
  });
}

function reasonFor(term: Term, measures: Measures & { candidate: Candidate }, moment: Moment): string {
  const now = moment.now.getTime();
  const { candidate, due, estimateMinutes, started } = measures;
  switch (term) {
    case "importance":
      return messages.importance(measures.priority);
    case "deadline":
      return Number.isFinite(due) ? dueReason(candidate, due, moment) : messages.noDate;
    case "unblocks":
      return messages.unblocks(measures.unblocks);
    case "momentum": {
      if (!measures.isInProgress) return messages.notStarted;
      if (started === null) return messages.startUnknown;
      const since = Date.parse(dayIn(moment.zone, moment.now)) - Date.parse(dayIn(moment.zone, new Date(started)));
      return messages.started(Math.max(0, Math.round(since / day)));
    }
    case "fits":
      if (estimateMinutes === null) return messages.noEstimate;
      if (moment.freeMinutes === undefined) return messages.freeTimeUnknown(estimateMinutes);
      return messages.fits(estimateMinutes, moment.freeMinutes);
    case "waiting":
      return messages.waiting(Math.max(0, Math.floor((now - measures.created) / day)));
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
function statement(weighed: Weighed<Measures & { candidate: Candidate }>, moment: Moment): Score {
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
      {
        term,
        label: messages.labels[term],
        points,
        of: weights[term],
        reason: reasonFor(term, weighed.measures, moment),
      },
    ];
  });
  return { total: total / 10, max: maxPoints, strategy, version: strategyVersion, lines };
}

/** The score of one task with its reasons. */
export const scoreTask = (candidate: Candidate, moment: Moment): Score =>
  statement(weigh(measure(candidate, moment), moment), moment);

/** How many runners-up stand behind the best. */
export const runnersUpCount = 3;

/** The one task to do now, the next three, and how many each gate kept out. No task: `best` is null. */
export function chooseNext<C extends Candidate>(candidates: Iterable<C>, moment: Moment) {
  const gates: Record<Gate, number> = { completed: 0, deleted: 0, snoozed: 0 };
  const running: Weighed<Measures & { candidate: C }>[] = [];
  for (const candidate of candidates) {
    const gate = gateOf(candidate, moment.now);
    if (gate === null) running.push(weigh(measure(candidate, moment), moment));
    else gates[gate] += 1;
  }
  const [best, ...runnersUp] = running
    .sort(compare)
    .slice(0, 1 + runnersUpCount)
    .map((weighed): Scored<C> => ({ task: weighed.measures.candidate, score: statement(weighed, moment) }));
  return { best: best ?? null, runnersUp, gates };
}
