import type { Activity } from "./schema.ts";

const fieldNames: Record<string, string> = {
  title: "title",
  description: "notes",
  status: "status",
  priority: "priority",
  due_date: "due date",
  due_at: "due date",
  due_zone: "due date",
  estimate_minutes: "estimate",
  tags: "tags",
  project_id: "project",
  snoozed_until: "snooze",
  name: "name",
  time_zone: "time zone",
  theme: "theme",
};

const list = new Intl.ListFormat("en", { type: "conjunction" });

/** The fields that changed, in words, each once. */
const changedFields = (names: readonly string[]): string =>
  list.format([...new Set(names.flatMap((name) => fieldNames[name] ?? []))]);

/** What was done, as the words around the thing it was done to: `["completed", ""]`. */
export function deed({ capability, changed, entity, changeCount }: Activity): [before: string, after: string] {
  switch (capability) {
    case "tasks.create":
      return ["added", ""];
    case "tasks.complete":
      return ["completed", ""];
    case "tasks.reopen":
      return ["reopened", ""];
    case "tasks.snooze":
      return ["snoozed", ""];
    case "tasks.delete":
      return ["moved", "to the trash"];
    case "tasks.restore":
      return ["took", "out of the trash"];
    case "operations.undo":
      return [changeCount > 1 ? `undid ${changeCount} changes, first of` : "undid a change of", ""];
    default: {
      const fields = changedFields(changed);
      if (entity === "profile") return [fields ? `changed the ${fields} of` : "changed", "’s profile"];
      return [fields ? `changed the ${fields} of` : "changed", ""];
    }
  }
}

export const messages = {
  title: "Activity",
  detail: "Who changed what, and when",
  you: "You",
  key: "An API key",
  system: "MindFlow",
  through: {
    browser: "in the browser",
    assistant: "through MCP",
    api_key: "through an API key",
    system: "by itself",
  } as Readonly<Record<string, string>>,
  renamed: "renamed",
  to: "to",
  and: (count: number) => `and ${count} more`,
  undo: "Undo",
  undoOf: (subject: string) => `Undo: ${subject}`,
  undone: (time: string | null) => (time ? `Undone ${time}` : "Undone"),
  partlyUndone: (time: string | null) => (time ? `Partly undone ${time}` : "Partly undone"),
  reason: (reason: string) => `“${reason}”`,
  changes: (count: number, undone: number) =>
    `${count} ${count === 1 ? "change" : "changes"}${undone > 0 ? `, ${undone} undone` : ""}`,
  older: "Older",
  newest: "Newest",
  empty: "Nothing has happened yet",
  emptyText:
    "Every change to your tasks will be listed here: who made it, through what, and when. You can undo each one.",
  emptyAction: "Go to Inbox",
  outcome: (undone: number, skipped: readonly { label: string }[]) =>
    skipped.length === 0
      ? undone === 1
        ? "Undone."
        : `${undone} undone.`
      : `${undone} undone. ${skipped.length} ${skipped.length === 1 ? "stays as it is because it was" : "stay as they are because they were"} changed later: ${skipped.map(({ label }) => `“${label}”`).join(", ")}.`,
  stale: "Not up to date: the connection dropped. Trying again.",
} as const;
