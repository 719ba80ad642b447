import "server-only";
import { z } from "zod";
import { query } from "#core/capability.ts";
import { product } from "#core/product.ts";
import { fetchDocument, search } from "./data.ts";
import { documentSchema, fetchSchema, healthSchema, searchResultSchema, searchSchema } from "./schema.ts";

// What is there for assistants alone: looking things up in the shapes that they share, and asking whether MindFlow is there.

const read = { scope: "tasks:read" } as const;

export const lookup = {
  search: query({
    summary: "Search tasks by words",
    ...read,
    input: searchSchema,
    output: searchResultSchema,
    tool: {
      name: "search",
      title: "Search tasks",
      description:
        "Finds tasks by the words in their titles, notes and tags; returns id, title and address of at most 20. For “find”, “where was”, “what did I note about”. Not for lists by date or status (list_tasks).",
    },
    shows: ({ results }) => results.map(({ id }) => id),
    run: search,
  }),
  fetch: query({
    summary: "Read one task as a document",
    ...read,
    input: fetchSchema,
    output: documentSchema,
    tool: {
      name: "fetch",
      title: "Read a task",
      description:
        "Returns everything about one task that search found, as text with its address. For reading and quoting. Not for its single fields before a change (get_task).",
    },
    shows: ({ id }) => [id],
    run: fetchDocument,
  }),
};

export const server = {
  health: query({
    summary: "Ask whether MindFlow is there",
    ...read,
    input: z.strictObject({}),
    output: healthSchema,
    tool: {
      name: "health_check",
      title: "Check the connection",
      description:
        "Tells that MindFlow answers and this connection is accepted, and the server's version. For finding out why something fails. Not for anything about tasks.",
      say: ({ server: name, version }) => `${name} ${version} answers, and this connection is accepted.`,
    },
    run: async () => ({ status: "ok" as const, ...product }),
  }),
};
