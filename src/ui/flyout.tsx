"use client";

import { clsx } from "clsx";
import type { ReactNode } from "react";

const shapes = {
  /** Above the sidebar's foot. */
  corner: "bottom-14 left-2.5 w-55 rounded-lg p-1",
  /** Above the phone's bottom bar, across the screen. */
  bottom:
    "inset-x-0 bottom-[calc(60px+env(safe-area-inset-bottom))] w-auto max-w-none rounded-t-xl border-x-0 p-2 pb-3",
};

type FlyoutProps = Readonly<{
  /** Unique on the page; ties the button to what it opens. */
  id: string;
  shape: keyof typeof shapes;
  label?: string;
  trigger: ReactNode;
  triggerClass: string;
  children: ReactNode;
}>;

/** Links behind a button, by the browser's own popover: opens without script, closes on Escape and on a press elsewhere. */
export function Flyout({ id, shape, label, trigger, triggerClass, children }: FlyoutProps) {
  return (
    <>
      <button type="button" popoverTarget={id} className={triggerClass} aria-label={label}>
        {trigger}
      </button>
      {/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: a link inside was pressed, by whatever means. */}
      <div
        id={id}
        popover="auto"
        onClick={(event) => {
          // Going to another page keeps the layout, and with it what is open.
          if (event.target instanceof Element && event.target.closest("a")) event.currentTarget.hidePopover();
        }}
        className={clsx(
          "fixed inset-auto m-0 animate-[rise_var(--fast)_var(--ease-out)] border border-border bg-popover text-foreground shadow-lg",
          shapes[shape],
        )}
      >
        {children}
      </div>
    </>
  );
}
