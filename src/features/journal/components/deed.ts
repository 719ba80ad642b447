import { dayIn } from "#core/clock.ts";
import { duration, midSentence, relativeDay, relativeInstant, type Where } from "#ui/format.ts";
import { priorityWord } from "#ui/priority-glyph.tsx";
import { messages } from "../messages.ts";
import type { ChangeEntry } from "../schema.ts";

const { verbs, after } = messages;

/** What was done, as the words around the thing it was done to, which stands out. */
export type Deed = Readonly<{
  before: string;
  object: string;
  /** Is the object a title somebody wrote, or our own words? */
  isTitle: boolean;
  after: string;
  /** A title at the end, which stands out as well. */
  result?: string;
}>;

const dueFields = new Set(["due_date", "due_at", "due_zone"]);
const isDue = ({ changed }: ChangeEntry) => changed.length > 0 && changed.every((field) => dueFields.has(field));

/** A due day or instant in words. */
function due(value: string, where: Where): string {
  return /^\d{4}-\d\d-\d\d$/.test(value) ? relativeDay(value, where) : relativeInstant(value, where);
}

/** The one field that changed as it was and as it is, in words; null where there is no such field, or words do not help. */
export function differenceOf(entry: ChangeEntry, where: Where): readonly [before: string, after: string] | null {
  const { changed, fieldBefore, fieldAfter } = entry;
  const inWords = (word: (value: string) => string, none: string) =>
    [fieldBefore ? word(fieldBefore) : none, fieldAfter ? word(fieldAfter) : none] as const;
  if (entry.entity !== "task" || entry.changeCount > 1 || entry.capability === "operations.undo") return null;
  if (isDue(entry)) return inWords((value) => due(value, where), messages.noDate);
  if (changed.length > 1) return null;
  if (changed[0] === "priority") return inWords((value) => priorityWord(Number(value)), "");
  if (changed[0] === "estimate_minutes") return inWords((value) => duration(Number(value)), messages.noEstimate);
  return null;
}

function change(entry: ChangeEntry, where: Where): [before: string, after: string] {
  const { changed, entity, fieldAfter } = entry;
  if (entity === "profile")
    return [changed.length > 0 ? verbs.fields(messages.fields(changed)) : verbs.changed, after.profile];
  if (isDue(entry))
    return fieldAfter ? [verbs.dated, `${after.to} ${midSentence(due(fieldAfter, where))}`] : [verbs.undated, ""];
  if (changed.length === 1 && changed[0] === "priority" && fieldAfter)
    return [verbs.raised, `${after.to} ${priorityWord(Number(fieldAfter))}`];
  const fields = messages.fields(changed);
  return [fields ? verbs.fields(fields) : verbs.changed, ""];
}

/** The words around the object, by capability. */
function around(entry: ChangeEntry, where: Where): [before: string, after: string] {
  switch (entry.capability) {
    case "tasks.create":
    case "tasks.createMany":
      return [verbs.added, ""];
    case "tasks.complete":
      return [verbs.completed, ""];
    case "tasks.reopen":
      return [verbs.reopened, ""];
    case "tasks.snooze":
      return [verbs.snoozed, ""];
    case "tasks.delete":
      return [verbs.moved, after.trash];
    case "tasks.restore":
      return [verbs.tookOut, after.outOfTrash];
    default:
      return change(entry, where);
  }
}

const undoing = new Set(["operations.undo", "assistants.undo", "assistants.disconnectAndUndo"]);

/**
 * An entry of the journal as a sentence without its subject: “completed | Call Ana |”.
 * @param brief what it became stands beside the sentence (`differenceOf`), so the sentence does not say it again
 */
export function deedOf(entry: ChangeEntry, where: Where, brief = false): Deed {
  const { capability, changeCount, subject, subjectBefore, undoesName } = entry;
  if (undoing.has(capability)) {
    const isDisconnect = capability === "assistants.disconnectAndUndo" && undoesName;
    const by = undoesName && !isDisconnect ? after.by(undoesName) : "";
    const before = isDisconnect ? verbs.disconnected(undoesName) : verbs.undid;
    if (changeCount === 1 && !isDisconnect)
      return { before: verbs.undidOne, object: subject, isTitle: true, after: by };
    return { before, object: messages.changeCount(changeCount), isTitle: false, after: by };
  }
  if (capability.startsWith("tasks.") && subjectBefore !== null)
    return { before: verbs.renamed, object: subjectBefore, isTitle: true, after: after.to, result: subject };
  const isTold = brief && differenceOf(entry, where) !== null;
  const [before, end] = isTold
    ? [isDue(entry) ? verbs.rescheduled : verbs.fields(messages.fields(entry.changed)), ""]
    : around(entry, where);
  if (changeCount > 1) return { before, object: messages.tasks(changeCount), isTitle: false, after: end };
  return { before, object: subject, isTitle: true, after: end };
}

/** The calendar day of an entry, for this person. */
const dayOf = ({ createdAt }: { createdAt: string }, { zone }: Where): string => dayIn(zone, new Date(createdAt));

/** Entries by day, in the order they come. */
export function byDay<Entry extends { createdAt: string }>(items: readonly Entry[], where: Where): [string, Entry[]][] {
  const days = new Map<string, Entry[]>();
  for (const item of items) {
    const day = dayOf(item, where);
    days.set(day, [...(days.get(day) ?? []), item]);
  }
  return [...days];
}
