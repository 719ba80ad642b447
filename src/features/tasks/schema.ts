import { z } from "zod";
import { isZone } from "#core/clock.ts";
import { line, text } from "#core/text.ts";

/** What a task may be, once for every door. Limits stand here and in the migrations' CHECK constraints (design §5, §12). */

const taskId = z.uuid("Is not an id.").describe("Id of the task (UUID).");

/**
 * The years that every part can write with four digits and compute with. A year less than that: the last hours of 9999 are in
 * the year 10000 further east, and a list that shows such a day could not be shown at all.
 */
const [firstDay, lastDay] = ["1900-01-01", "9998-12-31"];
const [first, last] = [Date.parse(`${firstDay}T00:00:00Z`), Date.parse(`${lastDay}T23:59:59.999Z`)];

/** An instant with any offset; kept in UTC with milliseconds, so that equal instants are equal texts. */
const instant = z.iso
  .datetime({ offset: true, error: "Must be an instant such as 2026-11-20T17:00:00Z.", abort: true })
  .refine((value) => Date.parse(value) >= first && Date.parse(value) <= last, {
    error: "Must be between the years 1900 and 9998.",
    abort: true,
  })
  .overwrite((value) => new Date(value).toISOString());
const day = z.iso
  .date({ error: "Must be a day such as 2026-11-20.", abort: true })
  .refine((value) => value >= firstDay && value <= lastDay, `Must be between ${firstDay} and ${lastDay}.`);
const projectId = z.uuid("Is not an id.").describe("Id of the project; null for the inbox.");

const storedStatuses = ["pending", "in_progress", "completed"] as const;

const title = line(1, 200).describe("What is to be done, 1–200 characters.");
const description = text(0, 2000).describe("Notes, at most 2000 characters.");
const priority = z
  .int("Must be a whole number.")
  .min(1, "Must be 1 to 5.")
  .max(5, "Must be 1 to 5.")
  .describe("5 highest, 4 high, 3 normal, 2 low, 1 lowest.");
const estimateMinutes = z
  .int("Must be a whole number.")
  .min(1, "Must be 1 to 480.")
  .max(480, "Must be 1 to 480.")
  .describe("Estimated work in minutes, 1–480.");
const dueDate = day.describe("Due on this calendar day, in whatever zone the person is.");
const dueTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "Must be a time such as 17:00.")
  .describe("Time of day on dueDate, in dueZone or else the person's own zone.");
const dueAt = instant.describe(
  "Due at this instant, when that is known exactly. Give dueDate (with dueTime) or dueAt, not both.",
);
const dueZone = z
  .string()
  .max(50, { error: "Is not a time zone.", abort: true })
  .refine(isZone, "Is not a time zone.")
  .describe("IANA zone that a due time is meant in; the person's own zone when left out.");

const tags = z
  .array(line(1, 50))
  .max(20, "At most 20 tags.")
  .refine((all) => all.join("").length <= 500, "Tags may have 500 characters together.")
  .refine((all) => new Set(all.map((tag) => tag.toLowerCase())).size === all.length, "A tag is given twice.")
  .describe("Labels, at most 20.");

/** The task as every door shows it. Times are ISO 8601; `version` counts its changes. */
export const taskSchema = z.object({
  id: z.uuid(),
  title: z.string(),
  description: z.string().nullable(),
  status: z.enum(storedStatuses),
  priority: z.int(),
  dueDate: z.string().nullable(),
  dueAt: z.string().nullable(),
  dueZone: z.string().nullable(),
  estimateMinutes: z.int().nullable(),
  tags: z.array(z.string()),
  projectId: z.string().nullable(),
  snoozedUntil: z.string().nullable().describe("Hidden from the open lists until then."),
  startedAt: z.string().nullable(),
  completedAt: z.string().nullable(),
  deletedAt: z.string().nullable(),
  version: z.int(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type Task = z.output<typeof taskSchema>;

const operation = {
  reason: line(1, 500).optional().describe("Why, in your own words; shown to the person beside the change."),
};

type Due = { dueDate?: unknown; dueTime?: unknown; dueAt?: unknown; dueZone?: unknown };
const oneDue = (value: Due, ctx: z.RefinementCtx) => {
  if (value.dueDate && value.dueAt)
    ctx.addIssue({ code: "custom", path: ["dueAt"], message: "Give dueDate or dueAt, not both." });
  if (value.dueTime && !value.dueDate)
    ctx.addIssue({ code: "custom", path: ["dueTime"], message: "Only goes with dueDate." });
  if (value.dueZone && !value.dueAt && !value.dueTime)
    ctx.addIssue({ code: "custom", path: ["dueZone"], message: "Only goes with a time." });
};

const content = {
  title,
  description: description.nullable().default(null),
  priority: priority.default(3),
  dueDate: dueDate.nullable().default(null),
  dueTime: dueTime.nullable().default(null),
  dueAt: dueAt.nullable().default(null),
  dueZone: dueZone.nullable().default(null),
  estimateMinutes: estimateMinutes.nullable().default(null),
  tags: tags.default([]),
  projectId: projectId.nullable().default(null),
};

export const createTaskSchema = z.strictObject({ ...content, ...operation }).superRefine(oneDue);

/** Many at once, all or none; who adds many says for each how much it matters. */
export const createTasksSchema = z.strictObject({
  tasks: z
    .array(z.strictObject({ ...content, priority }).superRefine(oneDue))
    .min(1, "Name at least one task.")
    .max(50, "At most 50 tasks at once.")
    .describe("The tasks, 1–50; together at most 64 KB."),
  ...operation,
});

/** PUT: what is left out goes back to its default (requirements S3-17). */
export const replaceTaskSchema = z
  .strictObject({
    id: taskId,
    version: z
      .int()
      .min(1)
      .max(2_147_483_647)
      .optional()
      .describe("The version you saw; refused with 409 when it changed since."),
    ...content,
    ...operation,
  })
  .superRefine(oneDue);

/** PATCH: what is left out stays, null clears (requirements S3-18). */
export const updateTaskSchema = z
  .strictObject({
    id: taskId,
    version: z
      .int()
      .min(1)
      .max(2_147_483_647)
      .optional()
      .describe("The version you saw; refused with 409 when it changed since."),
    title: title.optional(),
    description: description.nullable().optional(),
    status: z.enum(storedStatuses).optional(),
    priority: priority.optional(),
    dueDate: dueDate.nullable().optional(),
    dueTime: dueTime.nullable().optional(),
    dueAt: dueAt.nullable().optional(),
    dueZone: dueZone.nullable().optional(),
    estimateMinutes: estimateMinutes.nullable().optional(),
    tags: tags.optional(),
    projectId: projectId.nullable().optional(),
    snoozedUntil: z.null().optional().describe("null wakes a snoozed task."),
    ...operation,
  })
  .superRefine(oneDue);
export type TaskPatch = z.output<typeof updateTaskSchema>;
export type TaskContent = z.output<typeof createTaskSchema>;

export const taskRefSchema = z.strictObject({ id: taskId, ...operation });

export const getTaskSchema = z.strictObject({
  id: taskId,
  includeDeleted: z.boolean().default(false).describe("Also answer when the task is in the trash."),
});

/** Exactly one of `until` and `minutes`; three hours when neither is given (requirements M-88). */
export const snoozeTaskSchema = z
  .strictObject({
    id: taskId,
    until: instant.optional().describe("Comes back at this instant."),
    minutes: z.int().min(1).max(525_600).optional().describe("Comes back after so many minutes."),
    ...operation,
  })
  .refine((s) => s.until === undefined || s.minutes === undefined, {
    path: ["minutes"],
    message: "Give until or minutes, not both.",
  });

const views = ["inbox", "today", "all", "completed", "trash"] as const;
export type View = (typeof views)[number];
const sorts = ["created", "due", "priority", "updated"] as const;

/** Tasks in a list, unless told otherwise. */
export const listLimit = 50;

/** Flat scalars only: they also arrive as a query string. */
export const listTasksSchema = z.strictObject({
  view: z.enum(views).optional().describe("One of the person's own lists; today follows their zone."),
  status: z.enum(["open", "snoozed", ...storedStatuses]).optional(),
  priority: priority.optional(),
  projectId: projectId.optional(),
  tag: line(1, 50).optional(),
  dueBefore: instant.optional(),
  dueAfter: instant.optional(),
  createdBefore: instant.optional(),
  createdAfter: instant.optional(),
  q: line(1, 100).optional().describe("Text in title or notes; % and _ mean themselves."),
  sort: z
    .enum(sorts)
    .optional()
    .describe("created: newest first; due: soonest first; priority: highest first; updated: latest first."),
  includeDeleted: z.boolean().default(false),
  cursor: z.string().min(1).max(200).optional().describe("nextCursor of the page before."),
  limit: z.int().min(1).max(100).default(listLimit),
});
export type ListTasks = z.output<typeof listTasksSchema>;

export const taskListSchema = z.object({ items: z.array(taskSchema), nextCursor: z.string().nullable() });
export type TaskList = z.output<typeof taskListSchema>;

export const createdTasksSchema = z.object({ items: z.array(taskSchema).describe("In the order given.") });

export const taskCountsSchema = z.object({
  inbox: z.int().describe("Open tasks without a project; counted up to 999."),
  today: z.int().describe("Open tasks due today or earlier; counted up to 999."),
  overdue: z.int().describe("Those of today that were due earlier."),
});
export type TaskCounts = z.output<typeof taskCountsSchema>;
