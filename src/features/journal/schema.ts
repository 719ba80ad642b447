import { z } from "zod";

const activitySchema = z.object({
  id: z.uuid(),
  actor: z.enum(["person", "assistant", "key", "system"]),
  via: z.string(),
  clientId: z.string().nullable(),
  clientName: z.string().nullable().describe("What the assistant that acted is called."),
  grantId: z.string().nullable().describe("The connection that the assistant acted by."),
  capability: z.string().describe("What was done, such as tasks.complete."),
  entity: z.string(),
  entityId: z.string(),
  subject: z.string().describe("Title of the first thing that changed, as it is called after the change."),
  subjectBefore: z.string().nullable().describe("Its title before, where that was another."),
  changed: z.array(z.string()).describe("Names of the fields of the first thing that changed."),
  changeCount: z.int(),
  reason: z.string().nullable(),
  requestId: z.string(),
  status: z.enum(["done", "undone", "partly_undone"]),
  undoes: z.string().nullable().describe("The operation that it took back; of several, the latest."),
  undoneBy: z.string().nullable(),
  undoneAt: z.string().nullable(),
  createdAt: z.string(),
});

export const listActivitySchema = z.strictObject({
  entityId: z.uuid("Is not an id.").optional().describe("Only what changed this task."),
  grantId: z.uuid("Is not an id.").optional().describe("Only what this connected assistant did."),
  cursor: z.string().min(1).max(200).optional().describe("nextCursor of the page before."),
  limit: z.int().min(1).max(100).default(50),
});

export const activityListSchema = z.object({ items: z.array(activitySchema), nextCursor: z.string().nullable() });
export type ActivityList = z.output<typeof activityListSchema>;

/** Who else: what assistants read and were refused stands in the same list, for the person only. */
const byAssistant = {
  // What was read has no row of its own; its id is made of what it stands for, and no version of a UUID.
  id: z.guid(),
  grantId: z.string(),
  clientName: z.string(),
  color: z.int(),
  createdAt: z.string(),
};
const changeEntrySchema = activitySchema.extend({
  kind: z.literal("change"),
  color: z.int().nullable(),
  undoesName: z.string().nullable().describe("Whose act it took back, where that was an assistant's."),
  fieldBefore: z.string().nullable().describe("The one field that changed, before; null where it was more than one."),
  fieldAfter: z.string().nullable(),
});
export type ChangeEntry = z.output<typeof changeEntrySchema>;
const readEntrySchema = z.object({ kind: z.literal("read"), ...byAssistant, calls: z.int(), tasks: z.int() });
export type ReadEntry = z.output<typeof readEntrySchema>;
const refusalEntrySchema = z.object({
  kind: z.literal("refusal"),
  ...byAssistant,
  capability: z.string(),
  code: z.string().nullable(),
});
export type RefusalEntry = z.output<typeof refusalEntrySchema>;

export const listTimelineSchema = z.strictObject({
  who: z.union([z.enum(["everyone", "me"]), z.uuid("Is not an id.")]).default("everyone"),
  changesOnly: z.boolean().default(false),
  cursor: z.string().min(1).max(200).optional(),
  limit: z.int().min(1).max(100).default(50),
});
export const timelineSchema = z.object({
  items: z.array(z.discriminatedUnion("kind", [changeEntrySchema, readEntrySchema, refusalEntrySchema])),
  nextCursor: z.string().nullable(),
});
export type Timeline = z.output<typeof timelineSchema>;
export type TimelineEntry = Timeline["items"][number];

export const undoSchema = z.strictObject({ id: z.uuid("Is not an id.").describe("Id of the operation to take back.") });

export const undoOutcomeSchema = z.object({
  undone: z.int().describe("Rows put back."),
  skipped: z
    .array(
      z.object({ entity: z.string(), id: z.string(), label: z.string(), reason: z.enum(["changed_since", "gone"]) }),
    )
    .describe("Rows that stay as they are, because someone changed them later or they are gone."),
});
export type UndoOutcome = z.output<typeof undoOutcomeSchema>;

export const undoManySchema = undoOutcomeSchema.extend({
  changed: z.int().describe("Rows the assistant had changed and that were not undone before."),
});
export type UndoManyOutcome = z.output<typeof undoManySchema>;

export const undoPreviewSchema = undoManySchema.extend({
  isTooMuch: z.boolean().describe("More than can be undone at once: the figures are those of a part."),
});
export type UndoPreview = z.output<typeof undoPreviewSchema>;
