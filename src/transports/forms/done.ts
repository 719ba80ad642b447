/** What a form says when it is done, by capability; only these have a form. `title` is the task's. */
export const doneText: Readonly<Record<string, (title: string) => string>> = {
  "tasks.create": (title) => `Added “${title}”.`,
  "tasks.update": (title) => `Saved “${title}”.`,
  "tasks.complete": (title) => `Completed “${title}”.`,
  "tasks.reopen": (title) => `Reopened “${title}”.`,
  "tasks.snooze": (title) => `Snoozed “${title}”.`,
  "tasks.delete": (title) => `Moved “${title}” to the trash. Kept for 30 days.`,
  "tasks.restore": (title) => `Restored “${title}”.`,
  "operations.undo": () => "Undone.",
  "notifications.mark": () => "Marked.",
  "notifications.markAllRead": () => "All notifications are read.",
  "notifications.delete": () => "Deleted the notification.",
  "notifications.deleteMany": () => "Deleted the notifications.",
  "profile.update": () => "Saved your profile.",
};
