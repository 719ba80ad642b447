import "server-only";
import { mutation, query } from "#core/capability.ts";
import { listActivity, listTimeline } from "./data.ts";
import {
  activityListSchema,
  listActivitySchema,
  listTimelineSchema,
  timelineSchema,
  undoOutcomeSchema,
  undoSchema,
} from "./schema.ts";
import { undoOperation } from "./service.ts";
import { tellUndone } from "./telling.ts";

// An *operation* is one call that changed something; a *change* is one row it touched; the *activity* is the list of operations.

export const activity = {
  list: query({
    summary: "List who changed what, through what, and when",
    scope: "tasks:read",
    input: listActivitySchema,
    output: activityListSchema,
    http: { method: "GET", path: "/activity" },
    run: listActivity,
  }),
  // Who read what is for the person alone: no token and no key reaches it.
  timeline: query({
    summary: "List changes, and what assistants read and were refused",
    scope: "account",
    input: listTimelineSchema,
    output: timelineSchema,
    run: listTimeline,
  }),
};

export const operations = {
  undo: mutation({
    summary: "Undo one operation",
    scope: "tasks:write",
    limit: "tasks",
    input: undoSchema,
    output: undoOutcomeSchema,
    http: { method: "POST", path: "/operations/{id}/undo" },
    tool: {
      name: "undo",
      title: "Undo an operation",
      description:
        "Takes back one earlier change of this assistant by the operationId that the change returned. What someone changed since is left as it is and listed in `skipped`. For “undo that”. " +
        "More than 10 tasks are only shown at first, with a confirmation for the person to agree to. Not for other people's changes and not for reopening a completed task (reopen_task).",
      asks: ({ undone }) => undone > 10,
      say: tellUndone,
    },
    run: undoOperation,
  }),
};
