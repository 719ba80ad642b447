/** What the one toast shows, as a pure rule: newest wins, equal acts are counted, errors stay until closed. */

export type Undo = () => void | Promise<void>;

export type Toast = Readonly<{
  text: string;
  /** Acts of one kind are counted together: "5 tasks completed" instead of the fifth's own words. */
  kind?: string | undefined;
  many?: ((count: number) => string) | undefined;
  undo?: Undo | undefined;
  tone?: "plain" | "error" | undefined;
  action?: Readonly<{ label: string; run: () => void }> | undefined;
  /** When the act began (milliseconds). Answers may overtake each other; what was done last is what is told. */
  since?: number | undefined;
}>;

export type Shown = Toast & Readonly<{ id: number; count: number; undos: readonly Undo[] }>;

/** The toast on screen, and an error that waits behind it. */
export type ToastState = Readonly<{ shown: Shown | null; waiting: Shown | null; next: number }>;
export const noToast: ToastState = { shown: null, waiting: null, next: 1 };

/** Did this act begin before the one that is being told? Then it says nothing, but can still be undone. */
const isOvertaken = ({ shown }: ToastState, { since, tone }: Toast): boolean =>
  tone !== "error" && since !== undefined && shown?.since !== undefined && since < shown.since;

/** Adds a toast to what is on screen. */
export function showToast(state: ToastState, toast: Toast): ToastState {
  const { shown, next } = state;
  const isCounted = toast.kind !== undefined && shown?.kind === toast.kind;
  if (isOvertaken(state, toast) && !isCounted) return state;
  const isMore = shown?.kind !== undefined && shown.kind === toast.kind && shown.tone === toast.tone;
  const undos = [...(isMore ? shown.undos : []), ...(toast.undo ? [toast.undo] : [])];
  const count = isMore ? shown.count + 1 : 1;
  const text = count > 1 && toast.many ? toast.many(count) : toast.text;
  const waiting = toast.tone === "error" ? null : shown?.tone === "error" ? shown : state.waiting;
  return { shown: { ...toast, text, id: next, count, undos }, waiting, next: next + 1 };
}

/** Takes the toast with this id away; an error that was covered comes back. */
export function hideToast(state: ToastState, id: number): ToastState {
  return state.shown?.id === id ? { ...state, shown: state.waiting, waiting: null } : state;
}
