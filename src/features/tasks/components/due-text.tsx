import { clsx } from "clsx";
import { dayIn } from "#core/clock.ts";
import { relativeDay, timeOfDay, type Where } from "#ui/format.ts";
import { messages } from "../messages.ts";
import type { Task } from "../schema.ts";
import { dueDay, isOverdue } from "./act.ts";

type DueTextProps = Readonly<{
  task: Task;
  where: Where /** On Today, a task of today shows its time only. */;
  onToday?: boolean;
  /** Also the time of another day. */
  isFull?: boolean;
  className?: string;
}>;

/** When it is due, as short as it can be said; lateness is in the word and in the colour. */
export function DueText({ task, where, onToday = false, isFull = false, className }: DueTextProps) {
  const day = dueDay(task, where.zone);
  if (!day) return null;
  const today = dayIn(where.zone, new Date(where.now));
  const time = task.dueAt ? timeOfDay(task.dueAt, where) : "";
  const isToday = day === today;
  const text = isToday
    ? time || (onToday ? "" : messages.groups.today)
    : `${relativeDay(day, where)}${isFull && time ? ` ${time}` : ""}`;
  if (!text) return null;
  const isLate = isOverdue(task, where.zone, where.now);
  return (
    <time
      dateTime={task.dueAt ?? day}
      className={clsx("num whitespace-nowrap", isLate && "font-strong text-destructive", className)}
    >
      {isLate && <span className="sr-only">{messages.row.overdue} </span>}
      {text}
    </time>
  );
}
