import { addDays, dayIn, instantAt } from "#core/clock.ts";
import type { Task } from "../schema.ts";

/** What a person can do to a task from a list, and what it will look like before the server has answered. Pure. */
export type Act = Readonly<
  | { kind: "complete" | "reopen" | "delete" | "restore" | "wake" | "start" | "stop"; task: Task }
  | { kind: "snooze"; task: Task; until: string }
  | { kind: "update"; task: Task; patch: Patch }
>;
type Patch = Readonly<Partial<Pick<Task, "priority" | "dueDate" | "dueAt" | "tags" | "estimateMinutes">>>;

/** The task as it will be once the act is done, for showing it at once. */
export function applyAct(act: Act, now: number): Task {
  const at = new Date(now).toISOString();
  const { task } = act;
  switch (act.kind) {
    case "complete":
      return { ...task, status: "completed", completedAt: at, snoozedUntil: null };
    case "reopen":
      return { ...task, status: "pending", completedAt: null };
    case "delete":
      return { ...task, deletedAt: at };
    case "restore":
      return { ...task, deletedAt: null };
    case "snooze":
      return { ...task, snoozedUntil: act.until };
    case "wake":
      return { ...task, snoozedUntil: null };
    case "start":
      return { ...task, status: "in_progress", startedAt: task.startedAt ?? at };
    case "stop":
      return { ...task, status: "pending" };
    case "update":
      return { ...task, ...act.patch, ...(act.patch.dueDate ? { dueAt: null, dueZone: null } : {}) };
  }
}

/** Is the task asleep at this moment? An expired snooze is simply over. */
export const isSnoozed = (task: Task, now: number): boolean =>
  task.snoozedUntil !== null && task.status !== "completed" && Date.parse(task.snoozedUntil) > now;

/** The day a task is due on in `zone`, or null. */
export const dueDay = (task: Task, zone: string): string | null =>
  task.dueDate ?? (task.dueAt ? dayIn(zone, new Date(task.dueAt)) : null);

/** Is it late: its day is over, or its time has passed? Completed tasks never are. */
export function isOverdue(task: Task, zone: string, now: number): boolean {
  if (task.status === "completed") return false;
  if (task.dueAt) return Date.parse(task.dueAt) < now;
  return task.dueDate !== null && task.dueDate < dayIn(zone, new Date(now));
}

export type Group = "overdue" | "today" | "later" | "open" | "snoozed";

/** Which heading a task stands under. Only Today and All have more than one. */
export function groupOf(task: Task, view: "today" | "all" | "inbox" | "trash", zone: string, now: number): Group {
  if (view === "trash" || view === "inbox") return "open";
  if (view === "all") return isSnoozed(task, now) ? "snoozed" : "open";
  if (task.status === "completed" || isSnoozed(task, now)) return "later";
  const day = dueDay(task, zone);
  return day !== null && day < dayIn(zone, new Date(now)) ? "overdue" : "today";
}

export type Preset = Readonly<{ id: "laterToday" | "tonight" | "tomorrow" | "weekend" | "nextWeek"; until: string }>;

const hourMs = 3_600_000;
const morning = 9;
const evening = 18;

/** When a snoozed task may come back, seen from now in the person's zone; only times that are still ahead and apart. */
export function snoozePresets(zone: string, now: number): Preset[] {
  const today = dayIn(zone, new Date(now));
  const weekday = new Date(`${today}T00:00:00Z`).getUTCDay();
  const at = (day: string, hours: number) => instantAt(zone, day, hours).getTime();
  // The next full hour that is at least two and a half hours away.
  const later = Math.ceil((now + 2.5 * hourMs) / hourMs) * hourMs;
  const isLaterToday = dayIn(zone, new Date(later)) === today && later <= at(today, evening) - hourMs;
  const tonight = at(today, evening);
  const all: (Preset | null)[] = [
    isLaterToday ? { id: "laterToday", until: new Date(later).toISOString() } : null,
    tonight > now + hourMs ? { id: "tonight", until: new Date(tonight).toISOString() } : null,
    { id: "tomorrow", until: new Date(at(addDays(today, 1), morning)).toISOString() },
    weekday >= 1 && weekday <= 4
      ? { id: "weekend", until: new Date(at(addDays(today, 6 - weekday), morning)).toISOString() }
      : null,
    // From a Sunday, tomorrow is Monday already.
    weekday === 0 ? null : { id: "nextWeek", until: new Date(at(addDays(today, 8 - weekday), morning)).toISOString() },
  ];
  return all.filter((preset) => preset !== null);
}

/** The next Monday after `today`. */
export const nextMonday = (today: string): string =>
  addDays(today, (8 - new Date(`${today}T00:00:00Z`).getUTCDay()) % 7 || 7);

/** How long the trash keeps a task. */
export const trashDays = 30;

/** `work, home` → `["work", "home"]`, each once. */
export function parseTags(text: string): string[] {
  const seen = new Set<string>();
  return text
    .split(",")
    .map((tag) => tag.trim().replace(/^#/, ""))
    .filter((tag) => tag && !seen.has(tag.toLowerCase()) && seen.add(tag.toLowerCase()));
}
