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
        "Takes back one earlier change by its operationId. Rows that someone changed since are left as they are and listed in `skipped`.",
    },
    run: undoOperation,
  }),
};
