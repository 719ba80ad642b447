import "server-only";
import { z } from "zod";
import { mutation, query } from "#core/capability.ts";
import { countTasks, getTask, listTasks } from "./data.ts";
import {
  createdTasksSchema,
  createTaskSchema,
  createTasksSchema,
  getTaskSchema,
  listTasksSchema,
  replaceTaskSchema,
  snoozeTaskSchema,
  taskCountsSchema,
  taskListSchema,
  taskRefSchema,
  taskSchema,
  updateTaskSchema,
} from "./schema.ts";
import {
  completeTask,
  createTask,
  createTasks,
  deleteTask,
  reopenTask,
  replaceTask,
  restoreTask,
  snoozeTask,
  updateTask,
} from "./service.ts";
import { tellAdded, tellDone, tellTask, tellTasks } from "./telling.ts";

// A *task* is one thing to do. *Snoozed* hides it until an instant, *completed* is done, *deleted* lies in the trash for 30 days.

const write = { scope: "tasks:write", limit: "tasks" } as const;

const one = ({ id }: { id: string }) => [id];
const each = ({ items }: { items: { id: string }[] }) => items.map(({ id }) => id);

/** An assistant adds so many at once without asking (security MC-07). */
const unasked = 10;

export const tasks = {
  list: query({
    summary: "List tasks",
    scope: "tasks:read",
    input: listTasksSchema,
    output: taskListSchema,
    http: { method: "GET", path: "/tasks" },
    tool: {
      name: "list_tasks",
      title: "List tasks",
      description:
        "Lists the person's tasks by view or filter, 10 at a time and at most 20. view=today is what is due, view=inbox what has no project yet; " +
        "without view and filters it lists all, newest first. For a list, a count or a filter such as “what is due this week”. Not for the one thing to do now " +
        "(get_next_task), and not for one task whose id is known (get_task).",
      input: listTasksSchema.extend({ limit: z.int().min(1).max(20).default(10) }),
      say: tellTasks,
    },
    shows: each,
    run: listTasks,
  }),
  get: query({
    summary: "Get one task",
    scope: "tasks:read",
    input: getTaskSchema,
    output: taskSchema,
    http: { method: "GET", path: "/tasks/{id}" },
    tool: {
      name: "get_task",
      title: "Get a task",
      description:
        "Returns one task by its id, with notes, dates and version. For details before a change. Not for finding a task by its words (search, list_tasks).",
      say: tellTask,
    },
    shows: one,
    run: getTask,
  }),
  counts: query({
    summary: "Count what is open in the inbox and due today",
    scope: "tasks:read",
    input: z.strictObject({}),
    output: taskCountsSchema,
    http: { method: "GET", path: "/tasks/counts" },
    run: countTasks,
  }),
  create: mutation({
    summary: "Add a task",
    ...write,
    input: createTaskSchema,
    output: taskSchema,
    http: { method: "POST", path: "/tasks", status: 201 },
    tool: {
      name: "create_task",
      title: "Add a task",
      description:
        "Adds one task. Title and priority are the person's to say; priority is 1 to 5, 5 the highest. dueDate is a calendar day, dueDate with dueTime a time in " +
        "the person's zone, dueAt an exact instant (ISO 8601). For “remind me to”, “add”, “note that I have to”. Not for several tasks (create_tasks) and not for changing one (update_task).",
      required: ["priority"],
      say: tellDone("create"),
    },
    shows: one,
    run: createTask,
  }),
  createMany: mutation({
    summary: "Add many tasks at once",
    ...write,
    input: createTasksSchema,
    output: createdTasksSchema,
    tool: {
      name: "create_tasks",
      title: "Add many tasks",
      description:
        "Adds 1 to 50 tasks in one act that can be undone as a whole: all of them or none. Each has a title and a priority, like create_task. For breaking a goal into steps or taking " +
        `over a list. Not for a single task (create_task). More than ${unasked} are only shown at first, with a confirmation for the person to agree to.`,
      asks: ({ items }) => items.length > unasked,
      say: tellAdded,
    },
    shows: each,
    run: createTasks,
  }),
  replace: mutation({
    summary: "Replace a task's content",
    ...write,
    input: replaceTaskSchema,
    output: taskSchema,
    http: { method: "PUT", path: "/tasks/{id}" },
    shows: one,
    run: replaceTask,
  }),
  update: mutation({
    summary: "Change a task",
    ...write,
    input: updateTaskSchema,
    output: taskSchema,
    http: { method: "PATCH", path: "/tasks/{id}" },
    tool: {
      name: "update_task",
      title: "Change a task",
      description:
        "Changes the fields given (at least one) and leaves the others; null clears a field. With version it is refused when the task changed meanwhile. For a new title, date, priority or notes. " +
        "Not for completing (complete_task), postponing (snooze_task) or deleting (delete_task).",
      idempotent: true,
      say: tellDone("update"),
    },
    shows: one,
    run: updateTask,
  }),
  complete: mutation({
    summary: "Complete a task",
    ...write,
    input: taskRefSchema,
    output: taskSchema,
    http: { method: "POST", path: "/tasks/{id}/complete" },
    tool: {
      name: "complete_task",
      title: "Complete a task",
      description:
        "Marks a task as done; repeating it keeps the first time. For “done”, “finished”, “tick off”, once the person said which task. Not for putting it off (snooze_task).",
      idempotent: true,
      say: tellDone("complete"),
    },
    shows: one,
    run: completeTask,
  }),
  reopen: mutation({
    summary: "Reopen a completed task",
    ...write,
    input: taskRefSchema,
    output: taskSchema,
    http: { method: "POST", path: "/tasks/{id}/reopen" },
    tool: {
      name: "reopen_task",
      title: "Reopen a task",
      description:
        "Makes a completed task open again. For “that is not done after all”. Not for tasks in the trash (restore_task).",
      idempotent: true,
      say: tellDone("reopen"),
    },
    shows: one,
    run: reopenTask,
  }),
  snooze: mutation({
    summary: "Snooze a task",
    ...write,
    input: snoozeTaskSchema,
    output: taskSchema,
    http: { method: "POST", path: "/tasks/{id}/snooze" },
    tool: {
      name: "snooze_task",
      title: "Snooze a task",
      description:
        "Hides a task until an instant or for some minutes (three hours when neither is given); it comes back by itself. For “postpone”, “later”, “remind me in”. " +
        "Not for changing when it is due (update_task).",
      say: tellDone("snooze"),
    },
    shows: one,
    run: snoozeTask,
  }),
  delete: mutation({
    summary: "Move a task to the trash",
    scope: "tasks:delete",
    limit: "tasks",
    input: taskRefSchema,
    output: taskSchema,
    http: { method: "DELETE", path: "/tasks/{id}" },
    tool: {
      name: "delete_task",
      title: "Move a task to the trash",
      description:
        "Moves a task to the trash, where it is kept for 30 days and can be restored. For “delete”, “remove”, “throw away”. Needs the permission tasks:delete. The first call changes nothing: it shows the task and returns " +
        "a confirmation; when the person agrees, the same call with that confirmation does it. Not for tasks that are done (complete_task).",
      destructive: true,
      asks: () => true,
      say: tellDone("delete"),
    },
    shows: one,
    run: deleteTask,
  }),
  restore: mutation({
    summary: "Take a task out of the trash",
    ...write,
    input: taskRefSchema,
    output: taskSchema,
    http: { method: "POST", path: "/tasks/{id}/restore" },
    tool: {
      name: "restore_task",
      title: "Restore a task",
      description:
        "Takes a task out of the trash, as it was. For “bring back what was deleted”. Not for completed tasks (reopen_task).",
      say: tellDone("restore"),
    },
    shows: one,
    run: restoreTask,
  }),
};
