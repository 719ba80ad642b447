import { z } from "zod";

export const notificationTypes = [
  "TASK_CREATED",
  "TASK_UPDATED",
  "TASK_COMPLETED",
  "TASK_PENDING",
  "TASK_SNOOZED",
  "TASK_DELETED",
  "TASK_RESTORED",
  "CHANGES_UNDONE",
  "PROFILE_UPDATED",
  "LOGIN",
  "LOGOUT",
  "SIGNUP",
  "ASSISTANT_CONNECTED",
  "ASSISTANT_FIRST_WRITE",
  "ASSISTANT_TOKEN_REUSED",
] as const;
export type NotificationType = (typeof notificationTypes)[number];
/** What is told of a connection itself. */
export type AssistantNotificationType = Extract<NotificationType, `ASSISTANT_${string}`>;

export const notificationSchema = z.object({
  id: z.uuid(),
  type: z.enum(notificationTypes),
  title: z.string().max(200),
  message: z.string().max(1000),
  taskId: z.string().nullable(),
  operationId: z.string().nullable(),
  grantId: z.string().nullable().describe("The connected assistant that it is about, or that acted."),
  isRead: z.boolean(),
  readAt: z.string().nullable(),
  createdAt: z.string(),
});
export type Notification = z.output<typeof notificationSchema>;

const id = z.uuid("Is not an id.");

export const listNotificationsSchema = z.strictObject({
  unreadOnly: z.boolean().default(false),
  sort: z.enum(["newest", "oldest"]).default("newest"),
  cursor: z.string().min(1).max(200).optional().describe("nextCursor of the page before."),
  limit: z.int().min(1).max(100).default(50),
});

export const notificationListSchema = z.object({
  items: z.array(notificationSchema),
  nextCursor: z.string().nullable(),
  total: z.int(),
  unread: z.int(),
});
export type NotificationList = z.output<typeof notificationListSchema>;

export const notificationRefSchema = z.strictObject({ id });
export const markNotificationSchema = z.strictObject({
  id,
  isRead: z.boolean().describe("false marks it unread again."),
});
export const deleteNotificationsSchema = z.strictObject({
  ids: z.array(id).min(1, "Name at least one.").max(100, "At most 100 at once."),
});
export const unreadCountSchema = z.object({ unread: z.int() });
