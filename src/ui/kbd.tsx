import { clsx } from "clsx";
import type { ReactNode } from "react";

/** A key to press. Hidden from screen readers inside a button, whose name should stay a name; not shown where there is no keyboard. */
export function Kbd({ className, children }: Readonly<{ className?: string; children: ReactNode }>) {
  return (
    <span
      aria-hidden="true"
      className={clsx(
        "inline-block min-w-4 rounded-xs border border-[color-mix(in_oklab,currentColor_26%,transparent)] px-1 text-center font-sans text-[11px]/4 font-medium touch:hidden",
        className,
      )}
    >
      {children}
    </span>
  );
}
