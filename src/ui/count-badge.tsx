import { clsx } from "clsx";

type CountBadgeProps = Readonly<{
  count: number | undefined;
  /** In full, such as "8 open tasks"; the figure alone is hidden from screen readers then. */
  label?: string | undefined;
  /** Waits for the person's answer; never red. */
  hot?: boolean | undefined;
  className?: string;
}>;

/** A count beside a name. Nothing at zero; from a thousand on it says "999+". */
export function CountBadge({ count, label, hot = false, className }: CountBadgeProps) {
  if (!count) return null;
  return (
    <span
      data-outline={hot ? "" : undefined}
      className={clsx(
        "num flex-none text-12",
        hot
          ? "h-4.5 min-w-4.5 rounded-full bg-primary px-1.25 text-center leading-4.5 font-semibold text-primary-foreground"
          : "font-medium text-faint",
        className,
      )}
    >
      <span aria-hidden={label ? true : undefined}>{count > 999 ? "999+" : count}</span>
      {label && <span className="sr-only">{label}</span>}
    </span>
  );
}
