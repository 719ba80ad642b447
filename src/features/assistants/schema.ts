import { z } from "zod";
import { line } from "#core/text.ts";

/** What assistants look things up by. The shapes of `search` and `fetch` are fixed by the assistants that call them. */

export const searchSchema = z.strictObject({
  query: line(1, 200).describe("Words to look for in titles, notes and tags; every word has to occur."),
});

export const searchResultSchema = z.object({
  results: z
    .array(z.object({ id: z.string(), title: z.string(), url: z.string().describe("Where a person can open it.") }))
    .describe("The best 20, open tasks first."),
});
export type SearchResult = z.output<typeof searchResultSchema>;

export const fetchSchema = z.strictObject({ id: z.uuid("Is not an id.").describe("Id of a result of search.") });

export const documentSchema = z.object({
  id: z.string(),
  title: z.string(),
  text: z.string().describe("Everything about it, to read."),
  url: z.string(),
  metadata: z.record(z.string(), z.string()).describe("Single facts, such as status and priority."),
});
export type Document = z.output<typeof documentSchema>;

export const healthSchema = z.object({ status: z.literal("ok"), server: z.string(), version: z.string() });
