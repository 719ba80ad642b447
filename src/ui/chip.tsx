import { clsx } from "clsx";
import { X } from "lucide-react";
import type { ReactNode } from "react";

const tones = {
  neutral: "bg-muted text-muted-foreground",
  accent: "bg-tint text-primary",
  warn: "bg-warn-tint text-warn",
  danger: "bg-danger-tint text-destructive",
  success: "bg-success-tint text-success",
};

type ChipProps = Readonly<{
  tone?: keyof typeof tones;
  icon?: ReactNode;
  /** With it the chip gets a × whose name says what it removes. */
  onRemove?: { label: string; run: () => void };
  className?: string;
  children: ReactNode;
}>;

/** A short fact about something. Never clickable as a whole. */
export function Chip({ tone = "neutral", icon, onRemove, className, children }: ChipProps) {
  return (
    <span
      data-outline=""
      className={clsx(
        "num inline-flex h-6 max-w-full items-center gap-1.25 rounded-sm px-2 text-12 font-medium whitespace-nowrap max-md:h-7 max-md:text-13 [&>svg]:size-3.25",
        tones[tone],
        onRemove && "pr-0",
        className,
      )}
    >
      {icon}
      <span className="min-w-0 truncate">{children}</span>
      {onRemove && (
        <button
          type="button"
          aria-label={onRemove.label}
          onClick={onRemove.run}
          className="hit grid size-6 place-items-center rounded-xs hover:bg-[color-mix(in_oklab,currentColor_14%,transparent)] max-md:size-7"
        >
          <X aria-hidden="true" className="size-3.25" />
        </button>
      )}
    </span>
  );
}
