import "server-only";
import { type MutationCtx, ownerOf } from "#core/context.ts";
import { type Db, sql } from "#core/db.ts";
import { notFound } from "#core/errors.ts";
import { newId } from "#core/id.ts";
import { notificationColumns, ownedNotification } from "./data.ts";
import { notificationText } from "./messages.ts";
import type { AssistantNotificationType, Notification } from "./schema.ts";

const mark = sql(`
UPDATE notifications n SET read_at = CASE WHEN $4 THEN coalesce(n.read_at, $5::timestamptz) END
WHERE ${ownedNotification} AND n.id = $3::uuid RETURNING ${notificationColumns}`);

/** Marks one read or unread; repeating it changes nothing (requirements S3-24). */
export async function markNotification(
  ctx: MutationCtx,
  input: { id: string; isRead: boolean },
): Promise<Notification> {
  const [row] = await ctx.db.query<Notification>(mark, [...ownerOf(ctx.actor), input.id, input.isRead, ctx.now]);
  if (!row) throw notFound();
  return row;
}

const markAll = sql(`
WITH marked AS (UPDATE notifications n SET read_at = $3::timestamptz WHERE ${ownedNotification} AND n.read_at IS NULL RETURNING 1)
SELECT count(*)::int AS marked FROM marked`);

/** Marks all read and counts those that were not (requirements S3-25). */
export async function markAllRead(ctx: MutationCtx): Promise<{ marked: number }> {
  const [row] = await ctx.db.query<{ marked: number }>(markAll, [...ownerOf(ctx.actor), ctx.now]);
  return { marked: row?.marked ?? 0 };
}

const remove = sql(`
WITH gone AS (DELETE FROM notifications n WHERE ${ownedNotification} AND n.id = ANY($3::uuid[]) RETURNING 1)
SELECT count(*)::int AS deleted FROM gone`);

/** Deletes one for good. */
export async function deleteNotification(ctx: MutationCtx, input: { id: string }): Promise<{ deleted: number }> {
  const outcome = await deleteNotifications(ctx, { ids: [input.id] });
  if (outcome.deleted === 0) throw notFound();
  return { deleted: outcome.deleted };
}

/** Deletes those of the ids that are the actor's and passes over the others (requirements S3-27). */
export async function deleteNotifications(
  ctx: MutationCtx,
  input: { ids: string[] },
): Promise<{ requested: number; deleted: number }> {
  const [row] = await ctx.db.query<{ deleted: number }>(remove, [...ownerOf(ctx.actor), input.ids]);
  return { requested: input.ids.length, deleted: row?.deleted ?? 0 };
}

const tell = sql(`
INSERT INTO notifications (id, user_id, type, title, message, grant_id) VALUES ($2::uuid, $1::uuid, $3, $4, $5, $6::uuid)`);

/** Tells the person of a connection itself: that it was made, first wrote, or was ended because a token came twice. Arrives unread. */
export async function notifyAssistant(
  db: Db,
  told: Readonly<{ userId: string; grantId: string; type: AssistantNotificationType; clientName: string }>,
): Promise<void> {
  const { title, message } = notificationText[told.type];
  const text = message(told.clientName, "").slice(0, 1000);
  await db.query(tell, [told.userId, newId(), told.type, title, text, told.grantId]);
}
