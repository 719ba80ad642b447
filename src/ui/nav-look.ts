import { clsx } from "clsx";

/** Looks that server and client components share: what a client module exports cannot be called on the server. */

/** A place in the phone's bottom bar. */
export const barItemClass = (current: boolean): string =>
  clsx(
    "flex min-w-0 flex-col has-data-pending:text-primary items-center justify-center gap-0.75 text-[11px]/[14px] [&_svg]:size-5 [&_svg]:stroke-[1.75]",
    current ? "font-semibold text-primary" : "font-medium text-muted-foreground",
  );

/** A link or button inside a flyout. */
export const flyoutItem =
  "flex h-9 w-full items-center gap-2.5 rounded-sm px-2.5 text-left text-14 font-book hover:bg-press touch:h-11 [&>svg]:size-4 [&>svg]:text-muted-foreground";
