import "server-only";
import { z } from "zod";
import { mutation, query } from "#core/capability.ts";
import { countTasks, getTask, listTasks } from "./data.ts";
import {
  createTaskSchema,
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
  deleteTask,
  reopenTask,
  replaceTask,
  restoreTask,
  snoozeTask,
  updateTask,
} from "./service.ts";

// A *task* is one thing to do. *Snoozed* hides it until an instant, *completed* is done, *deleted* lies in the trash for 30 days.

const write = { scope: "tasks:write", limit: "tasks" } as const;

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
        "Lists tasks by view or filter, 50 at a time. Use view=today for what is due, view=inbox for what has no project yet.",
    },
    run: listTasks,
  }),
  get: query({
    summary: "Get one task",
    scope: "tasks:read",
    input: getTaskSchema,
    output: taskSchema,
    http: { method: "GET", path: "/tasks/{id}" },
    tool: { name: "get_task", title: "Get a task", description: "Returns one task by its id." },
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
      description: "Adds one task. Give dueDate for a day, dueAt for a time; priority 5 is the highest.",
      required: ["priority"],
    },
    run: createTask,
  }),
  replace: mutation({
    summary: "Replace a task's content",
    ...write,
    input: replaceTaskSchema,
    output: taskSchema,
    http: { method: "PUT", path: "/tasks/{id}" },
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
        "Changes the fields given and leaves the others; null clears a field. Use complete_task to complete.",
      idempotent: true,
    },
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
      description: "Marks a task as done; safe to repeat.",
      idempotent: true,
    },
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
      description: "Makes a completed task open again.",
      idempotent: true,
    },
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
        "Hides a task until an instant or for some minutes (three hours when neither is given); it comes back by itself.",
      idempotent: true,
    },
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
      description: "Moves a task to the trash, where it is kept for 30 days and can be restored.",
      destructive: true,
    },
    run: deleteTask,
  }),
  restore: mutation({
    summary: "Take a task out of the trash",
    ...write,
    input: taskRefSchema,
    output: taskSchema,
    http: { method: "POST", path: "/tasks/{id}/restore" },
    tool: { name: "restore_task", title: "Restore a task", description: "Takes a task out of the trash." },
    run: restoreTask,
  }),
};
