const list = new Intl.ListFormat("en", { type: "conjunction" });

const fieldNames: Readonly<Record<string, string>> = {
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

/** What a call that was refused had wanted, by capability. */
const wanted: Readonly<Record<string, string>> = {
  "tasks.create": "add a task",
  "tasks.createMany": "add tasks",
  "tasks.update": "change a task",
  "tasks.replace": "change a task",
  "tasks.complete": "complete a task",
  "tasks.reopen": "reopen a task",
  "tasks.snooze": "snooze a task",
  "tasks.delete": "delete a task",
  "tasks.restore": "restore a task",
  "operations.undo": "undo a change",
};

const listed = 3;

/** Names of what stays, the first few of them. */
const labels = (skipped: readonly { label: string }[]): string => {
  const shown = skipped.slice(0, listed).map(({ label }) => `“${label}”`);
  return skipped.length > listed ? `${shown.join(", ")} and ${skipped.length - listed} more` : shown.join(", ");
};

export const messages = {
  title: "Activity",
  detail: "Who changed what, and when",
  you: "You",
  key: "An API key",
  assistant: "An assistant",
  system: "MindFlow",
  /** How, where the name of who acted does not say it. */
  through: {
    person: "in the browser",
    key: "",
    system: "",
    assistant: "",
  } as Readonly<Record<string, string>>,
  verbs: {
    added: "added",
    completed: "completed",
    reopened: "reopened",
    snoozed: "snoozed",
    moved: "moved",
    tookOut: "took",
    renamed: "renamed",
    changed: "changed",
    undid: "undid",
    disconnected: (name: string) => `disconnected ${name} and undid`,
    undidOne: "undid a change of",
    dated: "moved",
    rescheduled: "rescheduled",
    undated: "took the due date from",
    raised: "set",
    fields: (fields: string) => `changed the ${fields} of`,
  },
  after: {
    trash: "to the trash",
    outOfTrash: "out of the trash",
    profile: "’s profile",
    to: "to",
    by: (name: string) => `by ${name}`,
  },
  tasks: (count: number) => `${count} ${count === 1 ? "task" : "tasks"}`,
  changeCount: (count: number) => `${count} ${count === 1 ? "change" : "changes"}`,
  /** The fields that changed, in words, each once. */
  fields: (names: readonly string[]): string =>
    list.format([...new Set(names.flatMap((name) => fieldNames[name] ?? []))]),
  noDate: "no date",
  noEstimate: "no estimate",
  read: "read",
  readNothing: "looked, and read no task",
  calls: (calls: number) => `${calls} ${calls === 1 ? "call" : "calls"}`,
  readLabel: "Read",
  refused: (why: string) => `was refused: ${why}`,
  refusedLabel: "Refused",
  refusedHint: "Nothing was shown or changed.",
  why: (capability: string, code: string | null): string => {
    const act = wanted[capability];
    switch (code ?? "") {
      case "FORBIDDEN":
        return act ? `tried to ${act}, which it may not` : "asked for something it may not do";
      case "RESOURCE_NOT_FOUND":
        return "asked for something that is not there";
      case "CONFLICT":
        return act ? `tried to ${act}, but something had changed` : "something had changed meanwhile";
      case "RATE_LIMIT_EXCEEDED":
        return "called too often";
      case "VALIDATION_ERROR":
        return act ? `tried to ${act} with something that did not fit` : "sent something that did not fit";
      default:
        return act ? `tried to ${act}, and it failed` : "the call failed";
    }
  },
  filter: {
    label: "Whose activity",
    everyone: "Everyone",
    me: "Me",
    changesOnly: "Changes only",
  },
  undoToday: {
    lead: (name: string, changed: number) => `${name} changed ${changed} ${changed === 1 ? "task" : "tasks"} today.`,
    stays: (count: number) =>
      `${count} ${count === 1 ? "stays" : "stay"} as ${count === 1 ? "it is" : "they are"}, changed later.`,
    button: (count: number) => `Undo ${count} ${count === 1 ? "change" : "changes"}`,
  },
  undo: "Undo",
  undoOf: (subject: string) => `Undo: ${subject}`,
  undone: (time: string | null) => (time ? `Undone ${time}` : "Undone"),
  partlyUndone: (time: string | null) => (time ? `Partly undone ${time}` : "Partly undone"),
  reason: (reason: string) => `“${reason}”`,
  changes: (count: number, undone: number, refused: number) =>
    [
      `${count} ${count === 1 ? "change" : "changes"}`,
      ...(undone > 0 ? [`${undone} undone`] : []),
      ...(refused > 0 ? [`${refused} refused`] : []),
    ].join(", "),
  older: "Older",
  newest: "Newest",
  empty: "Nothing has happened yet",
  emptyText:
    "Every change to your tasks will be listed here: who made it, through what, and when. You can undo each one.",
  emptyAction: "Go to Inbox",
  noMatch: "Nothing here yet",
  noMatchText: "Nobody you chose has done anything that is still on record.",
  noMatchAction: "Show everyone",
  outcome: (undone: number, skipped: readonly { label: string }[]) => {
    const done = undone === 0 ? "Nothing was left to undo." : undone === 1 ? "Undone." : `${undone} undone.`;
    if (skipped.length === 0) return done;
    const stay = skipped.length === 1 ? "stays as it is because it was" : "stay as they are because they were";
    const counted = undone === 1 ? "1 undone." : done;
    return `${counted} ${skipped.length} ${stay} changed later: ${labels(skipped)}.`;
  },
  stale: "Not up to date: the connection dropped. Trying again.",
} as const;
