import { clsx } from "clsx";
import { messages } from "./messages.ts";

export type Priority = 1 | 2 | 3 | 4 | 5;

const colours = { 1: "text-p1", 2: "text-p2", 3: "text-p3", 4: "text-p4", 5: "text-p5" };
const bars = [
  { x: 0.6, y: 9.4, height: 3.6 },
  { x: 4, y: 6.6, height: 6.4 },
  { x: 7.4, y: 3.8, height: 9.2 },
  { x: 10.8, y: 1, height: 12 },
];

/** A number from 1 to 5 as a priority; anything else counts as Normal. */
const toPriority = (n: number): Priority => (n === 1 || n === 2 || n === 4 || n === 5 ? n : 3);

/** The word for a priority: Highest, High, Normal, Low, Lowest. */
export const priorityWord = (n: number): string => messages.priorities[toPriority(n)];

/** Four steps, none to four of them filled. `quiet` leaves Normal out, as lists do; `silent` where the word stands beside it. */
export function PriorityGlyph({
  priority,
  quiet,
  silent,
  className,
}: Readonly<{ priority: number; quiet?: boolean; silent?: boolean; className?: string }>) {
  const level = toPriority(priority);
  if (quiet && level === 3) return null;
  const label = messages.priority(messages.priorities[level]);
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: it is either named by aria-label or hidden; a title would be a second tooltip.
    <svg
      viewBox="0 0 14 14"
      fill="currentColor"
      className={clsx("size-3.5 flex-none", colours[level], className)}
      data-tip={silent ? undefined : label}
      {...(silent ? { "aria-hidden": true } : { role: "img", "aria-label": label })}
    >
      {bars.map((bar, i) => (
        <rect
          key={bar.x}
          x={bar.x}
          y={bar.y}
          width="2.6"
          height={bar.height}
          rx="1"
          opacity={i < level - 1 ? undefined : 0.26}
        />
      ))}
    </svg>
  );
}
