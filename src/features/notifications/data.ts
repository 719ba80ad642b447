import "server-only";
import { type Ctx, ownerOf } from "#core/context.ts";
import { decodeCursor, encodeCursor } from "#core/cursor.ts";
import { sql } from "#core/db.ts";
import { notFound } from "#core/errors.ts";
import type { Notification, NotificationList } from "./schema.ts";

/** $1 owns the notification; under a fence ($2) its task lies inside. */
export const ownedNotification = `n.user_id = $1::uuid AND ($2::uuid[] IS NULL OR EXISTS (
  SELECT FROM tasks f WHERE f.id = n.task_id AND f.project_id = ANY($2::uuid[])))`;

/** The columns of the DTO, under its names. */
export const notificationColumns = `n.id, n.type, n.title, n.message, n.task_id AS "taskId", n.operation_id AS "operationId",
  coalesce(n.grant_id, (SELECT o.grant_id FROM operations o WHERE o.id = n.operation_id AND o.user_id = n.user_id)) AS "grantId",
  n.read_at IS NOT NULL AS "isRead", n.read_at AS "readAt", n.created_at AS "createdAt"`;

const unread = sql(
  `SELECT count(*)::int AS unread FROM notifications n WHERE ${ownedNotification} AND n.read_at IS NULL`,
);

/** How many are unread: one count over a partial index (requirements S3-28). */
export async function countUnread(ctx: Ctx): Promise<{ unread: number }> {
  const [row] = await ctx.db.query<{ unread: number }>(unread, ownerOf(ctx.actor));
  return { unread: row?.unread ?? 0 };
}

const one = sql(`SELECT ${notificationColumns} FROM notifications n WHERE ${ownedNotification} AND n.id = $3::uuid`);

/** One notification; looking at it does not mark it read (requirements S3-23). */
export async function getNotification(ctx: Ctx, input: { id: string }): Promise<Notification> {
  const [row] = await ctx.db.query<Notification>(one, [...ownerOf(ctx.actor), input.id]);
  if (!row) throw notFound();
  return row;
}

type Totals = { total: number; unread: number };

/** A page of notifications with the two totals that REST puts into headers, in one statement (requirements S3-22). */
export async function listNotifications(
  ctx: Ctx,
  input: { unreadOnly: boolean; sort: "newest" | "oldest"; cursor?: string | undefined; limit: number },
): Promise<NotificationList> {
  const values: unknown[] = [...ownerOf(ctx.actor), input.limit + 1];
  const direction = input.sort === "newest" ? "DESC" : "ASC";
  let filters = input.unreadOnly ? " AND n.read_at IS NULL" : "";
  if (input.cursor) {
    values.push(...decodeCursor(input.cursor, "instant"));
    filters += ` AND (n.created_at, n.id) ${input.sort === "newest" ? "<" : ">"} ($4::timestamptz, $5::uuid)`;
  }
  const statement = sql(`
SELECT totals.*, page.* FROM (SELECT count(*)::int AS total, count(*) FILTER (WHERE n.read_at IS NULL)::int AS unread
  FROM notifications n WHERE ${ownedNotification}) totals
LEFT JOIN LATERAL (SELECT ${notificationColumns} FROM notifications n WHERE ${ownedNotification}${filters}
  ORDER BY n.created_at ${direction}, n.id ${direction} LIMIT $3) page ON true`);
  const rows = await ctx.db.query<Totals & (Notification | { id: null })>(statement, values);
  const found = rows.filter((row): row is Totals & Notification => row.id !== null);
  const items = found.slice(0, input.limit);
  const last = items.at(-1);
  return {
    items,
    nextCursor: found.length > input.limit && last ? encodeCursor(last.createdAt, last.id) : null,
    total: rows[0]?.total ?? 0,
    unread: rows[0]?.unread ?? 0,
  };
}
