import type { Reader } from "#core/capability.ts";
import { dayIn } from "#core/clock.ts";
import { duration, shortDay, timeOfDay } from "#ui/format.ts";
import { messages } from "./messages.ts";
import type { Task, TaskList } from "./schema.ts";

/** Tasks in words, for assistants: short lines with the ids that other tools ask for. Pure. */

const words = messages.told;

/** `Tue 24 Nov`, `Tue 24 Nov 17:00`; the day as well as what it is called, because a model has no calendar at hand. */
const moment = (instant: string, reader: Reader) =>
  `${shortDay(dayIn(reader.zone, new Date(instant)), reader, true)} ${timeOfDay(instant, reader)}`;

function dueOf(task: Task, reader: Reader): string | null {
  if (!task.dueDate && !task.dueAt) return null;
  const when = task.dueDate ? shortDay(task.dueDate, reader, true) : moment(task.dueAt ?? "", reader);
  const isLate = task.dueDate
    ? task.dueDate < dayIn(reader.zone, new Date(reader.now))
    : Date.parse(task.dueAt ?? "") < reader.now;
  return isLate && task.status !== "completed" ? words.overdue(when) : words.due(when);
}

function stateOf(task: Task, reader: Reader): string | null {
  if (task.deletedAt) return words.inTrash;
  if (task.completedAt) return words.completed(moment(task.completedAt, reader));
  if (task.snoozedUntil && Date.parse(task.snoozedUntil) > reader.now)
    return words.snoozed(moment(task.snoozedUntil, reader));
  return task.status === "in_progress" ? words.inProgress : null;
}

/** `“Title” (high, due Tue 24 Nov 17:00, 45 min, #museum) id 019a…` */
export function tellLine(task: Task, reader: Reader): string {
  const facts = [
    words.priorities[task.priority],
    stateOf(task, reader),
    dueOf(task, reader),
    task.estimateMinutes && duration(task.estimateMinutes),
    ...task.tags.map((tag) => `#${tag}`),
  ];
  return `“${task.title}” (${facts.filter(Boolean).join(", ")}) id ${task.id}`;
}

/** One task in full. */
export const tellTask = (task: Task, reader: Reader): string =>
  [
    tellLine(task, reader),
    ...(task.description ? [`${words.notes}\n${task.description}`] : []),
    words.version(task.version, moment(task.updatedAt, reader)),
  ].join("\n");

/** A page of tasks. */
export const tellTasks = ({ items, nextCursor }: TaskList, reader: Reader): string =>
  [
    items.length === 0 ? words.none : words.count(items.length),
    ...items.map((task, at) => `${at + 1}. ${tellLine(task, reader)}`),
    ...(nextCursor ? [words.more(nextCursor)] : []),
    words.now(moment(new Date(reader.now).toISOString(), reader), reader.zone),
  ].join("\n");

/** What was done to a task, and how the task is now. */
export const tellDone =
  (act: keyof typeof words.did) =>
  (task: Task, reader: Reader): string =>
    `${words.did[act]}: ${tellLine(task, reader)}`;

/** What was added. */
export const tellAdded = ({ items }: { items: Task[] }, reader: Reader): string =>
  [words.added(items.length), ...items.map((task, at) => `${at + 1}. ${tellLine(task, reader)}`)].join("\n");
