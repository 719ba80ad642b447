"use client";

import { clsx } from "clsx";
import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { IconButton } from "./icon-button.tsx";
import { messages } from "./messages.ts";

const shapes = {
  dialog:
    "m-auto max-h-[min(720px,calc(100dvh-32px))] w-[min(480px,calc(100vw-32px))] rounded-xl animate-[rise_var(--panel)_var(--ease-out)]",
  sheet:
    "mr-0 ml-auto h-dvh max-h-none w-[min(400px,100vw)] max-w-none border-y-0 border-r-0 animate-[slide-in_var(--panel)_var(--ease-out)] max-md:w-screen",
};

type DialogProps = Readonly<{
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  /** A sheet comes from the right and is full height; on phones it takes the whole screen. */
  shape?: keyof typeof shapes;
  children: ReactNode;
}>;

/** The browser's own modal dialog: it keeps focus inside, closes on Escape and gives focus back. A press beside it closes it too. */
export function Dialog({ open, onClose, title, shape = "dialog", children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (open && dialog && !dialog.open) {
      dialog.showModal();
      dialog.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    }
    if (!open && dialog?.open) dialog.close();
  }, [open]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the keyboard's way to close and the browser brings it.
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      onClose={onClose}
      onClick={(event) => event.target === event.currentTarget && onClose()}
      className={clsx("overflow-y-auto border border-border bg-popover p-0 shadow-lg", shapes[shape])}
    >
      {open && (
        <div className="p-5 max-md:p-4">
          <div className="mb-3 flex items-center gap-3">
            <h2 id={titleId} className="min-w-0 flex-1 text-17 font-semibold tracking-card">
              {title}
            </h2>
            <IconButton label={messages.close} onClick={onClose} className="-mr-1.5">
              <X aria-hidden="true" />
            </IconButton>
          </div>
          {children}
        </div>
      )}
    </dialog>
  );
}
