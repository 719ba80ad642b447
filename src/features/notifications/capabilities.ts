import "server-only";
import { z } from "zod";
import { mutation, query } from "#core/capability.ts";
import { countUnread, getNotification, listNotifications } from "./data.ts";
import {
  deleteNotificationsSchema,
  listNotificationsSchema,
  markNotificationSchema,
  notificationListSchema,
  notificationRefSchema,
  notificationSchema,
  unreadCountSchema,
} from "./schema.ts";
import { deleteNotification, deleteNotifications, markAllRead, markNotification } from "./service.ts";

// A *notification* tells the person of something that happened. The journal writes them; here they are read, marked, deleted.

const read = { scope: "notifications:read" } as const;
const write = { scope: "notifications:write" } as const;

export const notifications = {
  list: query({
    summary: "List notifications",
    ...read,
    input: listNotificationsSchema,
    output: notificationListSchema,
    http: { method: "GET", path: "/notifications", headers: { "X-Total-Count": "total", "X-Unread-Count": "unread" } },
    tool: {
      name: "list_notifications",
      title: "List notifications",
      description:
        "Lists what the person was told lately, 10 at a time and at most 20: changes of tasks, sign-ins, assistants. For “what happened”. Not for tasks themselves (list_tasks).",
      input: listNotificationsSchema.extend({ limit: z.int().min(1).max(20).default(10) }),
    },
    run: listNotifications,
  }),
  unreadCount: query({
    summary: "Count unread notifications",
    ...read,
    input: z.strictObject({}),
    output: unreadCountSchema,
    http: { method: "GET", path: "/notifications/unread-count" },
    run: countUnread,
  }),
  get: query({
    summary: "Get one notification",
    ...read,
    input: notificationRefSchema,
    output: notificationSchema,
    http: { method: "GET", path: "/notifications/{id}" },
    run: getNotification,
  }),
  mark: mutation({
    summary: "Mark a notification read or unread",
    ...write,
    input: markNotificationSchema,
    output: notificationSchema,
    http: { method: "PUT", path: "/notifications/{id}" },
    run: markNotification,
  }),
  markAllRead: mutation({
    summary: "Mark all notifications read",
    ...write,
    input: z.strictObject({}),
    output: z.object({ marked: z.int() }),
    http: { method: "PUT", path: "/notifications/mark-all-read" },
    run: markAllRead,
  }),
  delete: mutation({
    summary: "Delete a notification",
    ...write,
    input: notificationRefSchema,
    output: z.object({ deleted: z.int() }),
    http: { method: "DELETE", path: "/notifications/{id}", status: 204 },
    run: deleteNotification,
  }),
  deleteMany: mutation({
    summary: "Delete up to 100 notifications",
    ...write,
    input: deleteNotificationsSchema,
    output: z.object({ requested: z.int(), deleted: z.int() }),
    http: { method: "DELETE", path: "/notifications" },
    run: deleteNotifications,
  }),
};
