type Undo = Readonly<{ undone?: unknown; skipped?: unknown }>;

/** Figures as the button beside them said: how many went back, and how many stay because somebody changed them later. */
function undone({ undone: count, skipped }: Undo): string {
  const stay = Array.isArray(skipped) ? skipped.length : 0;
  const done = Number(count) === 0 ? "Nothing was left to undo." : `${Number(count)} undone.`;
  if (stay === 0) return done;
  return `${done} ${stay} ${stay === 1 ? "stays as it is because it was" : "stay as they are because they were"} changed later.`;
}

/** What a form says when it is done, by capability; only these have a form. `title` is the task's, `answer` everything that came back. */
export const doneText: Readonly<Record<string, (title: string, answer?: Readonly<Record<string, unknown>>) => string>> =
  {
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
    "assistants.narrow": (_, { name } = {}) => `Saved. It holds from the next call of ${String(name)}.`,
    "assistants.pause": (_, { name } = {}) => `${String(name)} is paused. It gets nothing until you resume it.`,
    "assistants.resume": (_, { name } = {}) => `${String(name)} can go on.`,
    "assistants.disconnect": (_, { name } = {}) => `${String(name)} is disconnected. Its next call is refused.`,
    "assistants.disconnectAndUndo": (_, { name, undo } = {}) =>
      `${String(name)} is disconnected. ${undone((undo ?? {}) as Undo)}`,
    "assistants.undo": (_, answer = {}) => undone(answer),
  };
