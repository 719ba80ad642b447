import "server-only";
import { type Ctx, owned, ownerOf } from "#core/context.ts";
import { sql } from "#core/db.ts";
import { env } from "#core/env.ts";
import { visible } from "#core/visible.ts";
import { getTask } from "#features/tasks/data.ts";
import { tellTask } from "#features/tasks/telling.ts";
import type { Document, SearchResult } from "./schema.ts";

const most = 20;
/** A query has so many words that count; more would only make it slower. */
const mostWords = 8;

const urlOf = (id: string) => `${env().APP_URL}/tasks/${id}`;

// Every word somewhere; what is open first, then what says it in the title, then what changed last. $3 one pattern for each word.
const find = sql(`
SELECT t.id, t.title FROM tasks t
WHERE ${owned("t")} AND t.deleted_at IS NULL
  AND (t.title || E'\\n' || coalesce(t.description, '') || E'\\n' || array_to_string(t.tags, E'\\n')) ILIKE ALL ($3::text[])
ORDER BY t.status = 'completed', NOT (t.title ILIKE ALL ($3::text[])), t.updated_at DESC, t.id LIMIT ${most}`);

/** Tasks that hold every word of the query; wildcards in it mean themselves. */
export async function search(ctx: Ctx, { query }: { query: string }): Promise<SearchResult> {
  const words = query.split(/\s+/u).slice(0, mostWords);
  const patterns = words.map((word) => `%${word.replace(/[\\%_]/g, "\\$&")}%`);
  const rows = await ctx.db.query<{ id: string; title: string }>(find, [...ownerOf(ctx.actor), patterns]);
  return { results: rows.map(({ id, title }) => ({ id, title: visible(title), url: urlOf(id) })) };
}

/** One task as a document to read. @throws RESOURCE_NOT_FOUND, alike for foreign, fenced and missing ones */
export async function fetchDocument(ctx: Ctx, { id }: { id: string }): Promise<Document> {
  const task = await getTask(ctx, { id, includeDeleted: false });
  const reader = { locale: "en-GB", zone: ctx.actor.zone, now: ctx.now.getTime() };
  const facts = {
    status: task.status,
    priority: String(task.priority),
    due: task.dueAt ?? task.dueDate,
    estimateMinutes: task.estimateMinutes && String(task.estimateMinutes),
    tags: task.tags.join(", "),
    projectId: task.projectId,
    snoozedUntil: task.snoozedUntil,
    completedAt: task.completedAt,
    createdAt: task.createdAt,
    updatedAt: task.updatedAt,
  };
  const metadata = Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) => (value ? [[name, visible(value)]] : [])),
  );
  return { id, title: visible(task.title), text: visible(tellTask(task, reader)), url: urlOf(id), metadata };
}
