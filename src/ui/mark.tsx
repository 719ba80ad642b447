import { clsx } from "clsx";
import { messages } from "./messages.ts";

/** The mark: three steps of the waterfall bar every statement is made of. */
function Mark({ className }: Readonly<{ className?: string }>) {
  return (
    <svg
      viewBox="0 0 20 20"
      aria-hidden="true"
      fill="currentColor"
      className={clsx("size-5 flex-none text-primary", className)}
    >
      <rect x="1.5" y="2.6" width="8" height="3.6" rx="1.3" />
      <rect x="7" y="8.2" width="6.5" height="3.6" rx="1.3" opacity=".78" />
      <rect x="11" y="13.8" width="7.5" height="3.6" rx="1.3" opacity=".56" />
    </svg>
  );
}

/** The mark with the product's name. */
export function Wordmark({ className }: Readonly<{ className?: string }>) {
  return (
    <span className={clsx("flex h-8 items-center gap-2 font-[650] tracking-card", className)}>
      <Mark />
      {messages.product}
    </span>
  );
}
