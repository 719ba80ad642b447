import { dayIn } from "#core/clock.ts";
import type { Task } from "../schema.ts";
import { parseTags } from "./act.ts";

/** A task's content as the fields of a form hold it: text, in the person's zone. Pure. */
export type Fields = Readonly<
  Record<"title" | "description" | "priority" | "dueDate" | "dueTime" | "estimateMinutes" | "tags", string>
>;
/** Ties the headline, which stands above the form, to it. */
export const taskFormId = "task";

export type FieldName = keyof Fields;
const names: readonly FieldName[] = [
  "title",
  "description",
  "priority",
  "dueDate",
  "dueTime",
  "estimateMinutes",
  "tags",
];

/** The wall clock of an instant in `zone`, as `<input type="time">` takes it. */
const clockIn = (zone: string, instant: string) =>
  new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(new Date(instant));

/** What the form shows for a task. */
export const fieldsOf = (task: Task, zone: string): Fields => ({
  title: task.title,
  description: task.description ?? "",
  priority: String(task.priority),
  dueDate: task.dueDate ?? (task.dueAt ? dayIn(zone, new Date(task.dueAt)) : ""),
  dueTime: task.dueAt ? clockIn(zone, task.dueAt) : "",
  estimateMinutes: task.estimateMinutes === null ? "" : String(task.estimateMinutes),
  tags: task.tags.join(", "),
});

/** Text as it is compared and sent: the ends do not count, and tags are the same whatever stands between them. */
const plain = (name: FieldName, text: string) => (name === "tags" ? parseTags(text).join(", ") : text.trim());

/** The fields in which two versions differ. */
export const differing = (a: Fields, b: Fields): FieldName[] =>
  names.filter((name) => plain(name, a[name]) !== plain(name, b[name]));

/** Only what was changed, as `tasks.update` takes it: a due day that was not touched keeps the zone it was meant in. */
export function patchOf(fields: Fields, base: Fields) {
  const changed = new Set(differing(fields, base));
  const { dueDate, dueTime } = fields;
  const due = dueDate ? { dueDate, ...(dueTime ? { dueTime } : {}) } : { dueDate: null, dueAt: null };
  return {
    ...(changed.has("title") ? { title: fields.title } : {}),
    ...(changed.has("description") ? { description: fields.description || null } : {}),
    ...(changed.has("priority") ? { priority: Number(fields.priority) } : {}),
    ...(changed.has("dueDate") || changed.has("dueTime") ? due : {}),
    ...(changed.has("estimateMinutes")
      ? { estimateMinutes: fields.estimateMinutes ? Number(fields.estimateMinutes) : null }
      : {}),
    ...(changed.has("tags") ? { tags: parseTags(fields.tags) } : {}),
  };
}
