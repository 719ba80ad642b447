import { clsx } from "clsx";

type MeterProps = Readonly<{
  value: number;
  max: number;
  /** Accessible name; without it the bar is decoration beside words that say the same. */
  label?: string;
  className?: string;
}>;

/** How much of something is used: accent below 80 %, then `warn`, `danger` when full. Say the figure in words beside it. */
export function Meter({ value, max, label, className }: MeterProps) {
  const share = max > 0 ? Math.min(1, Math.max(0, value / max)) : 0;
  const named = label
    ? ({
        role: "meter",
        "aria-label": label,
        "aria-valuenow": value,
        "aria-valuemin": 0,
        "aria-valuemax": max,
      } as const)
    : ({ "aria-hidden": true } as const);
  return (
    <span {...named} data-outline="" className={clsx("block h-1.5 overflow-hidden rounded-[3px] bg-track", className)}>
      <span
        data-fill=""
        className={clsx(
          "block h-full rounded-[3px]",
          share < 0.8 ? "bg-primary" : share < 1 ? "bg-warn" : "bg-destructive",
        )}
        style={{ width: `${share * 100}%` }}
      />
    </span>
  );
}

/** A plain share of 100 in the accent, such as a runner-up's score; the figure stands beside it. */
export function ScoreBar({ value, max, className }: Readonly<{ value: number; max: number; className?: string }>) {
  return (
    <span aria-hidden="true" className={clsx("block h-1.5 overflow-hidden rounded-[3px] bg-track", className)}>
      <span
        data-fill=""
        className="block h-full rounded-[3px] bg-primary"
        style={{ width: `${(Math.min(value, max) / max) * 100}%` }}
      />
    </span>
  );
}
