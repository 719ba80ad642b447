"use client";

import { type FocusEvent, type RefObject, useCallback, useState } from "react";

const rowSelector = "[data-row]";

type RovingRows = Readonly<{
  /** Id of the row that has the list's one tab stop. */
  current: string | null;
  /** Moves focus by so many rows from the one that has it; to the first when none has. Answers false at the end of the list. */
  move: (by: number) => boolean;
  /** Moves focus off a row that is about to go: to the one after it, from the last to the one before. */
  leave: () => void;
  focus: (id: string) => void;
  /** For the list: notes which row got focus, by pointer, Tab or script. */
  onFocus: (event: FocusEvent<HTMLElement>) => void;
  tabIndex: (id: string) => 0 | -1;
}>;

/**
 * Roving focus: one tab stop for a whole list, arrows or j and k inside it. Rows carry `data-row={id}` and can take focus.
 * @param list the element all rows are in, across groups
 * @param ids ids in the order shown, to find a tab stop when the current row has gone
 */
export function useRovingRows(list: RefObject<HTMLElement | null>, ids: readonly string[]): RovingRows {
  const [last, setLast] = useState<Readonly<{ id: string; index: number }> | null>(null);
  const kept = last && ids.includes(last.id) ? last.id : (ids[Math.min(last?.index ?? 0, ids.length - 1)] ?? null);

  const focus = useCallback(
    (id: string) => list.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`)?.focus(),
    [list],
  );
  const move = useCallback(
    (by: number) => {
      const rows = [...(list.current?.querySelectorAll<HTMLElement>(rowSelector) ?? [])];
      const at = rows.findIndex((row) => row.contains(document.activeElement));
      const start = at >= 0 ? at + by : rows.findIndex((row) => row.tabIndex === 0);
      const next = rows[Math.max(0, Math.min(start, rows.length - 1))];
      next?.focus();
      return next !== undefined;
    },
    [list],
  );
  const leave = useCallback(() => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>(rowSelector) ?? [])];
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    if (at >= 0) (rows[at + 1] ?? rows[at - 1])?.focus();
  }, [list]);
  const onFocus = useCallback(
    (event: FocusEvent<HTMLElement>) => {
      const id = event.target.closest<HTMLElement>(rowSelector)?.dataset.row;
      if (id) setLast({ id, index: ids.indexOf(id) });
    },
    [ids],
  );
  return { current: kept, move, leave, focus, onFocus, tabIndex: (id) => (id === kept ? 0 : -1) };
}
