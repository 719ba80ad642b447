import type { UndoOutcome } from "./schema.ts";

const left = {
  changed_since: "Left as it is, because someone changed it since",
  gone: "Gone for good",
} as const satisfies Record<UndoOutcome["skipped"][number]["reason"], string>;

/** What an undo did, in words, for assistants. Pure. */
export const tellUndone = ({ undone, skipped }: UndoOutcome): string =>
  [
    `Undone: ${undone} ${undone === 1 ? "thing is" : "things are"} as before.`,
    ...skipped.map(({ label, id, reason }) => `${left[reason]}: “${label}” id ${id}`),
  ].join("\n");
