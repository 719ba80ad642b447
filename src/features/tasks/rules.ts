import { instantAt } from "#core/clock.ts";
import type { TaskPatch } from "./schema.ts";

/** Columns of a task by the name they have in the API; the closed set that statements are composed from. */
const columnOf = {
  title: "title",
  description: "description",
  status: "status",
  priority: "priority",
  dueDate: "due_date",
  dueAt: "due_at",
  dueZone: "due_zone",
  estimateMinutes: "estimate_minutes",
  tags: "tags",
  projectId: "project_id",
  snoozedUntil: "snoozed_until",
} as const;
type Field = keyof typeof columnOf;

const typeOf: Partial<Record<Field, string>> = {
  priority: "smallint",
  dueDate: "date",
  dueAt: "timestamptz",
  estimateMinutes: "smallint",
  tags: "varchar[]",
  projectId: "uuid",
  snoozedUntil: "timestamptz",
};

type Due = { dueDate: string | null; dueAt: string | null; dueZone: string | null };
type GivenDue = { [F in keyof Due | "dueTime"]?: string | null | undefined };

/** One due date at a time: a day, or an instant with the zone it is meant in. A day with a time becomes an instant. */
export function resolveDue(given: GivenDue, zone: string): Partial<Due> {
  const dueZone = given.dueZone ?? zone;
  if (given.dueDate && given.dueTime) {
    const [hours = 0, minutes = 0] = given.dueTime.split(":").map(Number);
    return { dueDate: null, dueAt: instantAt(dueZone, given.dueDate, hours, minutes).toISOString(), dueZone };
  }
  if (given.dueDate) return { dueDate: given.dueDate, dueAt: null, dueZone: null };
  if (given.dueAt) return { dueDate: null, dueAt: given.dueAt, dueZone };
  return {
    ...(given.dueDate === null ? { dueDate: null } : {}),
    ...(given.dueAt === null ? { dueAt: null, dueZone: null } : {}),
  };
}

/** The columns that a patch sets, those included that follow from others. */
export function completePatch(patch: TaskPatch, zone: string): Partial<Record<Field, unknown>> {
  const { id: _id, version: _version, reason: _reason, dueDate, dueTime, dueAt, dueZone, ...given } = patch;
  const fields: Partial<Record<Field, unknown>> = {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    ...resolveDue({ dueDate, dueTime, dueAt, dueZone }, zone),
  };
  if (given.description === "") fields.description = null;
  if (given.status === "completed") fields.snoozedUntil = null;
  return fields;
}

/** `SET` assignments and their values, numbered from `$first`. Status moves its timestamps along (requirements M-86). $4 is now. */
export function assignments(
  fields: Partial<Record<Field, unknown>>,
  first: number,
): { set: string; differs: string; values: unknown[] } {
  const set: string[] = [];
  const differs: string[] = [];
  const values: unknown[] = [];
  for (const [field, value] of Object.entries(fields) as [Field, unknown][]) {
    const parameter = `$${first + values.length}::${typeOf[field] ?? "text"}`;
    values.push(value);
    set.push(`${columnOf[field]} = ${parameter}`);
    differs.push(`b.${columnOf[field]} IS DISTINCT FROM ${parameter}`);
    if (field === "status")
      set.push(
        `completed_at = CASE WHEN ${parameter} = 'completed' THEN coalesce(t.completed_at, $4::timestamptz) END`,
        `started_at = CASE WHEN ${parameter} = 'in_progress' THEN coalesce(CASE WHEN t.status = 'in_progress' THEN t.started_at END, $4::timestamptz) ELSE t.started_at END`,
      );
  }
  return { set: set.join(", "), differs: differs.join(" OR ") || "false", values };
}
