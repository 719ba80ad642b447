import "server-only";
import { z } from "zod";
import { mutation, query } from "#core/capability.ts";
import { getAssistant, listAssistants, listNames } from "./data.ts";
import {
  assistantDetailSchema,
  assistantListSchema,
  assistantRefSchema,
  assistantStateSchema,
  disconnectedSchema,
  getAssistantSchema,
  namesSchema,
  narrowSchema,
  previewSchema,
  undoneSchema,
  undoSpanSchema,
} from "./schema.ts";
import {
  disconnectAndUndo,
  disconnectAssistant,
  narrowAssistant,
  pauseAssistant,
  previewAssistantUndo,
  resumeAssistant,
  undoAssistant,
} from "./service.ts";

// An *assistant* here is one connection that a person approved (a grant). The person is in charge: all of this needs their
// browser session, and no token or key can hold that scope.

const own = { scope: "account" } as const;

export const assistants = {
  names: query({
    summary: "List name and mark of each connected assistant",
    ...own,
    input: z.strictObject({}),
    output: namesSchema,
    run: listNames,
  }),
  list: query({
    summary: "List connected assistants, and those that ended lately",
    ...own,
    input: z.strictObject({}),
    output: assistantListSchema,
    run: listAssistants,
  }),
  get: query({
    summary: "Get one assistant with what it read, changed and was refused",
    ...own,
    input: getAssistantSchema,
    output: assistantDetailSchema,
    run: getAssistant,
  }),
  narrow: mutation({
    summary: "Set what an assistant may still do",
    ...own,
    input: narrowSchema,
    output: assistantStateSchema,
    run: narrowAssistant,
  }),
  pause: mutation({
    summary: "Pause an assistant",
    ...own,
    input: assistantRefSchema,
    output: assistantStateSchema,
    run: pauseAssistant,
  }),
  resume: mutation({
    summary: "Let a paused assistant go on",
    ...own,
    input: assistantRefSchema,
    output: assistantStateSchema,
    run: resumeAssistant,
  }),
  disconnect: mutation({
    summary: "Disconnect an assistant",
    ...own,
    input: assistantRefSchema,
    output: assistantStateSchema,
    run: disconnectAssistant,
  }),
  disconnectAndUndo: mutation({
    summary: "Disconnect an assistant and undo its last 24 hours",
    ...own,
    input: assistantRefSchema,
    output: disconnectedSchema,
    run: disconnectAndUndo,
  }),
  undoPreview: query({
    summary: "Count what undoing an assistant's changes would do",
    ...own,
    input: undoSpanSchema,
    output: previewSchema,
    run: previewAssistantUndo,
  }),
  undo: mutation({
    summary: "Undo what an assistant did in a span",
    ...own,
    input: undoSpanSchema,
    output: undoneSchema,
    run: undoAssistant,
  }),
};
