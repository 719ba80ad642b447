import { clsx } from "clsx";

const widths = ["w-3/5", "w-2/5", "w-1/2", "w-2/3", "w-1/3"];

/** Lines where rows will be. They show only after 300 ms, so a quick answer never flickers. */
export function Skeleton({ label, lines = 5 }: Readonly<{ label: string; lines?: number }>) {
  return (
    <div role="status">
      <span className="sr-only">{label}</span>
      {Array.from({ length: lines }, (_, i) => widths[i % widths.length]).map((width, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike and never move.
        <div key={i} aria-hidden="true" className="flex h-10 items-center gap-2.5">
          <span className="skeleton size-4.5 rounded-full" />
          <span className={clsx("skeleton h-3.5", width)} />
        </div>
      ))}
    </div>
  );
}
