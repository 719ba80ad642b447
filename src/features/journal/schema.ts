import { z } from "zod";

const activitySchema = z.object({
  id: z.uuid(),
  actor: z.enum(["person", "assistant", "key", "system"]),
  via: z.string(),
  clientId: z.string().nullable(),
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
  undoes: z.string().nullable(),
  undoneBy: z.string().nullable(),
  undoneAt: z.string().nullable(),
  createdAt: z.string(),
});
export type Activity = z.output<typeof activitySchema>;

export const listActivitySchema = z.strictObject({
  entityId: z.uuid("Is not an id.").optional().describe("Only what changed this task."),
  cursor: z.string().min(1).max(200).optional().describe("nextCursor of the page before."),
  limit: z.int().min(1).max(100).default(50),
});

export const activityListSchema = z.object({ items: z.array(activitySchema), nextCursor: z.string().nullable() });
export type ActivityList = z.output<typeof activityListSchema>;

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
