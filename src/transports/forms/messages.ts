/** What a form says when it is done, by capability; only these have a form. `title` is the task's. */
export const doneText = {
  "tasks.create": (title: string) => `Added “${title}”.`,
  "tasks.update": (title: string) => `Saved “${title}”.`,
  "tasks.complete": (title: string) => `Completed “${title}”.`,
  "tasks.reopen": (title: string) => `Reopened “${title}”.`,
  "tasks.snooze": (title: string) => `Snoozed “${title}”.`,
  "tasks.delete": (title: string) => `Moved “${title}” to the trash. Kept for 30 days.`,
  "tasks.restore": (title: string) => `Restored “${title}”.`,
  "operations.undo": () => "Undone.",
  "notifications.mark": () => "Marked.",
  "notifications.markAllRead": () => "All notifications are read.",
  "notifications.delete": () => "Deleted the notification.",
  "notifications.deleteMany": () => "Deleted the notifications.",
  "profile.update": () => "Saved your profile.",
} as const;
