"use client";

import { X } from "lucide-react";
import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { Button } from "./button.tsx";
import { IconButton } from "./icon-button.tsx";
import { Kbd } from "./kbd.tsx";
import { messages } from "./messages.ts";
import { hideToast, noToast, type Shown, showToast, type Toast, type Undo } from "./toast-state.ts";
import { useShortcuts } from "./use-shortcuts.ts";

const lastsSeconds = 10;
const keptUndos = 20;

type Toasts = Readonly<{
  show: (toast: Toast) => void;
  error: (text: string, action?: Toast["action"]) => void;
  close: () => void;
}>;
const ToastContext = createContext<Toasts | null>(null);

/** @returns what shows and closes the page's one toast; needs a `Toasts` above it */
export function useToasts(): Toasts {
  const toasts = use(ToastContext);
  if (!toasts) throw new Error("useToasts needs <ToastProvider> above it.");
  return toasts;
}

const onVisibility = (changed: () => void) => {
  document.addEventListener("visibilitychange", changed);
  return () => document.removeEventListener("visibilitychange", changed);
};

/** Holds the toast and answers Ctrl Z: the toast's own undo while it shows, the acts before it afterwards. */
export function ToastProvider({ children }: Readonly<{ children: ReactNode }>) {
  const [state, setState] = useState(noToast);
  const history = useRef<Undo[]>([]);

  const toasts = useMemo<Toasts>(
    () => ({
      show: (toast) => {
        if (toast.undo) history.current = [...history.current, toast.undo].slice(-keptUndos);
        setState((now) => showToast(now, toast));
      },
      error: (text, action) => setState((now) => showToast(now, { text, tone: "error", action })),
      close: () => setState((now) => (now.shown ? hideToast(now, now.shown.id) : now)),
    }),
    [],
  );

  const undoAll = useCallback((undos: readonly Undo[]) => {
    history.current = history.current.filter((undo) => !undos.includes(undo));
    // Newest first: an act may rest on the one before it.
    void undos.toReversed().reduce<Promise<void>>(async (before, undo) => {
      await before;
      await undo();
    }, Promise.resolve());
  }, []);

  const { shown } = state;
  useShortcuts({
    "$mod+KeyZ": () => {
      const undos = shown?.undos.length ? shown.undos : history.current.slice(-1);
      if (!undos.length) return false;
      if (shown?.undos.length) toasts.close();
      undoAll(undos);
      return true;
    },
  });

  return (
    <ToastContext value={toasts}>
      {children}
      <div
        role="status"
        className="pointer-events-none fixed right-6 bottom-6 z-40 max-w-[min(36rem,calc(100vw-24px))] max-md:inset-x-3 max-md:bottom-[calc(68px+env(safe-area-inset-bottom))] max-md:max-w-none"
      >
        {shown && (
          <ToastCard
            key={shown.id}
            toast={shown}
            onClose={() => setState((now) => hideToast(now, shown.id))}
            onUndo={() => {
              setState((now) => hideToast(now, shown.id));
              undoAll(shown.undos);
            }}
          />
        )}
      </div>
    </ToastContext>
  );
}

type ToastCardProps = Readonly<{ toast: Shown; onClose: () => void; onUndo: () => void }>;

/** The bar at the bottom is the clock: when it has run out the toast goes. It stands still under the pointer, with focus inside and in a hidden tab. */
function ToastCard({ toast, onClose, onUndo }: ToastCardProps) {
  const isHidden = useSyncExternalStore(
    onVisibility,
    () => document.hidden,
    () => false,
  );
  const isError = toast.tone === "error";
  return (
    <div className="group pointer-events-auto relative flex animate-[rise_var(--panel)_var(--ease-out)] items-center gap-3 overflow-hidden rounded-lg border border-border bg-popover py-2.5 pr-2.5 pl-3.5 shadow-lg">
      <p
        className={
          isError
            ? "min-w-0 flex-1 text-destructive"
            : "min-w-0 flex-1 truncate max-md:whitespace-normal max-md:line-clamp-2"
        }
      >
        {toast.text}
      </p>
      {toast.action && (
        <Button
          size="small"
          onClick={() => {
            onClose();
            toast.action?.run();
          }}
        >
          {toast.action.label}
        </Button>
      )}
      {toast.undos.length > 0 && (
        <Button size="small" onClick={onUndo}>
          {messages.undo}
          <Kbd>{messages.undoKeys}</Kbd>
        </Button>
      )}
      <IconButton label={messages.close} onClick={onClose}>
        <X aria-hidden="true" />
      </IconButton>
      {!isError && (
        <span
          aria-hidden="true"
          data-time-left=""
          data-fill=""
          onAnimationEnd={onClose}
          className="absolute inset-x-0 bottom-0 h-0.5 origin-left animate-[run-out_var(--time-left)_linear_forwards] bg-primary group-focus-within:[animation-play-state:paused] group-hover:[animation-play-state:paused] motion-reduce:[animation-timing-function:steps(10)]"
          style={
            {
              "--time-left": `${lastsSeconds}s`,
              ...(isHidden ? { animationPlayState: "paused" } : {}),
            } as React.CSSProperties
          }
        />
      )}
    </div>
  );
}
