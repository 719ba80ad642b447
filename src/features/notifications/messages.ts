import type { NotificationType } from "./schema.ts";

/** Title and sentence of a notification; `who` is the person themselves ("You") or the assistant's name. */
export const notificationText: Record<
  NotificationType,
  { title: string; message: (who: string, subject: string, others?: number) => string }
> = {
  TASK_CREATED: {
    title: "Task added",
    message: (who, subject, others = 0) => `${who} added “${subject}”${others > 0 ? ` and ${others} more` : ""}.`,
  },
  TASK_UPDATED: { title: "Task changed", message: (who, subject) => `${who} changed “${subject}”.` },
  TASK_COMPLETED: { title: "Task completed", message: (who, subject) => `${who} completed “${subject}”.` },
  TASK_PENDING: { title: "Task reopened", message: (who, subject) => `${who} reopened “${subject}”.` },
  TASK_SNOOZED: { title: "Task snoozed", message: (who, subject) => `${who} snoozed “${subject}”.` },
  TASK_DELETED: {
    title: "Task moved to the trash",
    message: (who, subject) => `${who} moved “${subject}” to the trash.`,
  },
  TASK_RESTORED: { title: "Task restored", message: (who, subject) => `${who} restored “${subject}”.` },
  CHANGES_UNDONE: {
    title: "Change undone",
    message: (who, subject, others = 0) =>
      others > 0
        ? `${who} undid changes of “${subject}” and ${others} more.`
        : `${who} undid a change of “${subject}”.`,
  },
  PROFILE_UPDATED: { title: "Profile changed", message: (who) => `${who} changed your profile.` },
  LOGIN: { title: "Signed in", message: (_, subject) => `Your account was signed in from ${subject}.` },
  LOGOUT: { title: "Signed out", message: (_, subject) => `Your account was signed out on ${subject}.` },
  SIGNUP: {
    title: "Welcome to MindFlow",
    message: () => "Your account is ready. Add a task and Next tells you where to start.",
  },
  ASSISTANT_CONNECTED: {
    title: "Assistant connected",
    message: (who) => `${who} can now work with your tasks, as far as you allowed.`,
  },
  ASSISTANT_FIRST_WRITE: {
    title: "First change by an assistant",
    message: (who) => `${who} changed something for the first time. You can see and undo everything it does.`,
  },
  ASSISTANT_TOKEN_REUSED: {
    title: "Connection ended",
    message: (who) => `A used renewal token of ${who} was used again, so the connection was ended.`,
  },
};

export const pageText = {
  title: "Notifications",
  unreadCount: (unread: number) => `${unread} unread`,
  unread: "Unread:",
  markRead: "Mark read",
  markUnread: "Mark unread",
  markAllRead: "Mark all read",
  delete: "Delete",
  all: (count: number) => `All ${count}`,
  onlyUnread: (count: number) => `Unread ${count}`,
  allRead: "Everything is read",
  empty: "No notifications",
  emptyText: "Sign-ins and what others change in your tasks are told here. What you do yourself arrives read.",
  older: "Older",
} as const;
