import type { Actor, RowChange } from "#core/context.ts";
import { notificationText } from "./messages.ts";
import type { NotificationType } from "./schema.ts";

const typeOf: Partial<Record<string, NotificationType>> = {
  "tasks.create": "TASK_CREATED",
  "tasks.createMany": "TASK_CREATED",
  "tasks.update": "TASK_UPDATED",
  "tasks.replace": "TASK_UPDATED",
  "tasks.complete": "TASK_COMPLETED",
  "tasks.reopen": "TASK_PENDING",
  "tasks.snooze": "TASK_SNOOZED",
  "tasks.delete": "TASK_DELETED",
  "tasks.restore": "TASK_RESTORED",
  "operations.undo": "CHANGES_UNDONE",
  "assistants.undo": "CHANGES_UNDONE",
  "assistants.disconnectAndUndo": "CHANGES_UNDONE",
  "profile.update": "PROFILE_UPDATED",
};

export type NewNotification = {
  type: NotificationType;
  title: string;
  message: string;
  taskId: string | null;
  /** What a person did in their own browser is on record, but not news to them. */
  isRead: boolean;
};

/** The notification of an operation, one for each; nothing for operations that nobody needs to hear of. */
export function notificationOf(
  capability: string,
  actor: Actor,
  changes: readonly RowChange[],
): NewNotification | null {
  const type = typeOf[capability];
  const first = changes[0];
  if (!type || !first) return null;
  const subject = String(first.after.title ?? first.before?.title ?? "").slice(0, 200);
  const who =
    actor.via === "browser" ? "You" : (actor.clientName ?? (actor.via === "assistant" ? "An assistant" : "An API key"));
  const { title, message } = notificationText[type];
  return {
    type,
    title,
    message: message(who, subject, changes.length - 1).slice(0, 1000),
    taskId: first.entity === "task" ? first.id : null,
    isRead: actor.via === "browser",
  };
}
