import type { UndoManyOutcome } from "#features/journal/schema.ts";
import { Statement } from "#ui/statement.tsx";
import { messages } from "../messages.ts";

const { undo: words } = messages;

/** What undoing comes to, as a sum that can be checked: changed, less what stays, is undone. */
export function UndoStatement({ name, outcome }: Readonly<{ name: string; outcome: UndoManyOutcome }>) {
  const { changed, undone, skipped } = outcome;
  const lines = [
    { id: "changed", label: words.changed(name), value: String(changed) },
    ...(skipped.length > 0 ? [{ id: "stays", label: words.stays, value: `− ${skipped.length}` }] : []),
  ];
  return (
    <div className="num">
      <Statement
        caption={words.title(name)}
        size="ledger"
        lines={lines}
        total={{ label: words.total, value: String(undone) }}
      />
    </div>
  );
}
