import { clsx } from "clsx";
import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";

const control = clsx(
  "w-full min-w-0 rounded-md border border-input bg-card px-3 text-14 text-foreground transition-colors duration-(--fast)",
  "hover:border-muted-foreground focus-visible:outline-offset-0 aria-invalid:border-destructive",
  "disabled:cursor-not-allowed disabled:border-border disabled:bg-muted disabled:text-muted-foreground",
  // Below 16 px, phones zoom into a field.
  "max-md:text-16",
);

/** One line of text, or any of the browser's own date, time, number and password fields. */
export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input {...rest} className={clsx(control, "h-9 touch:h-11", className)} />;
}

/** Several lines; grows with its text where the browser can. */
export function Textarea({ className, rows = 4, ...rest }: ComponentProps<"textarea">) {
  return (
    <textarea {...rest} rows={rows} className={clsx(control, "block field-sizing-content min-h-22 py-2", className)} />
  );
}

/** The browser's own select, so that phones show their own wheel and it works without JavaScript. */
export function Select({ className, children, ...rest }: ComponentProps<"select">) {
  return (
    <span className="relative block">
      <select {...rest} className={clsx(control, "h-9 appearance-none pr-8 touch:h-11", className)}>
        {children}
      </select>
      <ChevronDown
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 right-2.5 size-4 -translate-y-1/2 text-muted-foreground"
      />
    </span>
  );
}
