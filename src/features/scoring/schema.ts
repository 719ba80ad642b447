import { z } from "zod";
import { taskSchema } from "#features/tasks/schema.ts";

/** The score as every door shows it; the next task and its reasons are one object on the page, in REST and in the tool (design §11). */

const terms = ["importance", "deadline", "unblocks", "momentum", "fits", "waiting", "pinned"] as const;

const scoreLineSchema = z.object({
  term: z.enum(terms),
  label: z.string(),
  points: z.number().describe("Points of this term, with one decimal."),
  of: z.number().describe("The most this term can give."),
  reason: z.string().describe("Why, in one sentence; quote it."),
});

const scoreSchema = z.object({
  total: z.number().describe("The sum of the lines' points, exactly."),
  max: z.number(),
  strategy: z.literal("balanced"),
  version: z.int().describe("Version of the strategy: equal versions, equal rules."),
  lines: z.array(scoreLineSchema),
});

/** Nothing to choose: the answer depends on the person, their tasks and the time alone. */
export const nextTaskInputSchema = z.strictObject({});

export const nextTaskSchema = z.object({
  task: taskSchema.nullable().describe("The one task to do now; null when there is none."),
  score: scoreSchema.nullable(),
  runnersUp: z.array(z.object({ task: taskSchema, score: scoreSchema })).describe("The next three, best first."),
  gates: z
    .object({ snoozed: z.int().describe("Open tasks that are snoozed until later; counted up to 999.") })
    .describe("Open tasks that are not in the running."),
  why: z.string().nullable().describe("Why there is no task; null when there is one."),
});
export type NextTask = z.output<typeof nextTaskSchema>;
