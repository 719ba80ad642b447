import "server-only";
import { query } from "#core/capability.ts";
import { nextTaskInputSchema, nextTaskSchema } from "./schema.ts";
import { nextTask } from "./service.ts";
import { tellNext } from "./telling.ts";

// A *score* is a sum of *terms* in points. A *gate* keeps a task out of the running without a score. *Next* is the best of the rest.

export const scoring = {
  next: query({
    summary: "Get the one task to do now, with the reasons",
    scope: "tasks:read",
    input: nextTaskInputSchema,
    output: nextTaskSchema,
    http: { method: "GET", path: "/tasks/next", absent: { field: "task", because: "why" } },
    tool: {
      name: "get_next_task",
      title: "Get the next task",
      description:
        "Returns the one task to do now, its score as lines with reasons that add up to the total, and the three runners-up. For “what should I do next”, " +
        "“what is most important” or “what should I focus on”. Not for listing, searching or creating tasks, and not for what was done.",
      say: tellNext,
    },
    shows: ({ task, runnersUp }) => [...(task ? [task.id] : []), ...runnersUp.map((other) => other.task.id)],
    run: nextTask,
  }),
} as const;
