import { clsx } from "clsx";
import type { ComponentProps } from "react";

type CheckProps = Omit<ComponentProps<"button">, "children"> &
  Readonly<{
    /** What pressing it does, with the object: "Complete: Call Ana", "Reopen: Call Ana". */
    label: string;
    checked: boolean;
  }>;

/** The circle that completes. A real submit button, so that a `<form>` around it makes it work without JavaScript. */
export function Check({ label, checked, className, type = "submit", ...rest }: CheckProps) {
  return (
    <button
      {...rest}
      type={type}
      aria-label={label}
      data-fill={checked ? "" : undefined}
      className={clsx(
        "group/check hit grid size-4.5 flex-none place-items-center rounded-full border-[1.5px] transition-colors duration-(--fast) max-md:size-5.5",
        checked
          ? "border-primary bg-primary text-primary-foreground"
          : "border-input bg-card text-primary hover:border-primary",
        "disabled:border-border disabled:bg-muted",
        className,
      )}
    >
      <svg
        viewBox="0 0 24 24"
        aria-hidden="true"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.75"
        strokeLinecap="round"
        strokeLinejoin="round"
        className={clsx(
          "size-3 transition-opacity duration-(--fast) max-md:size-3.5",
          checked ? "opacity-100" : "opacity-0 group-hover/check:opacity-70 group-disabled/check:opacity-0",
        )}
      >
        <path d="M20 6 9 17l-5-5" />
      </svg>
    </button>
  );
}
