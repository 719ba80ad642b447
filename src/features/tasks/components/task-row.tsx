"use client";

import { clsx } from "clsx";
import { Calendar, Clock, Ellipsis, RotateCcw } from "lucide-react";
import Link from "next/link";
import { addDays, dayIn } from "#core/clock.ts";
import { Button } from "#ui/button.tsx";
import { Check } from "#ui/check.tsx";
import { Chip } from "#ui/chip.tsx";
import { duration, midSentence, relativeInstant, shortDay, timeOfDay } from "#ui/format.ts";
import { IconButton } from "#ui/icon-button.tsx";
import { PriorityGlyph } from "#ui/priority-glyph.tsx";
import { useWhere } from "#ui/where.tsx";
import { messages } from "../messages.ts";
import type { Task } from "../schema.ts";
import { type Act, isSnoozed, trashDays } from "./act.ts";
import { DueText } from "./due-text.tsx";

export type RowMenu = "due" | "snooze" | "more";

type TaskRowProps = Readonly<{
  task: Task;
  view: "inbox" | "today" | "all" | "trash";
  /** Where the browser goes on when the row's form is sent without script. */
  returnTo: string;
  isCurrent: boolean;
  tabIndex: 0 | -1 | undefined;
  openMenu: RowMenu | null;
  onAct: (act: Act) => void;
  onMenu: (menu: RowMenu, anchor: HTMLElement) => void;
}>;

/** One task in a list. Its title's link covers the row, so that a press anywhere opens it; what acts lies above the link. */
export function TaskRow({ task, view, returnTo, isCurrent, tabIndex, openMenu, onAct, onMenu }: TaskRowProps) {
  const where = useWhere();
  const isDone = task.status === "completed";
  const isAsleep = isSnoozed(task, where.now);
  // Shown before the server has given it an id: nothing can be done to it yet.
  const isNew = task.version === 0;
  // Menus need script, so their buttons come with it: on the server they were half the work of a page and half its elements.
  const isLive = tabIndex !== undefined;
  const verb = isDone ? "reopen" : "complete";
  const tags = task.tags.map((tag) => `#${tag}`).join(" ");
  const below = [tags, task.estimateMinutes ? duration(task.estimateMinutes) : ""].filter(Boolean).join(" · ");
  const menuButton = (menu: RowMenu) => ({
    "aria-haspopup": "menu" as const,
    "aria-expanded": openMenu === menu,
    tabIndex,
    onClick: (event: React.MouseEvent<HTMLButtonElement>) => onMenu(menu, event.currentTarget),
  });
  return (
    <li
      data-row-open={openMenu ? "" : undefined}
      className={clsx(
        "group/row relative -mx-2.5 flex min-h-10 items-center gap-2.5 rounded-md px-2.5 py-1.5 max-md:min-h-13.5 max-md:items-start max-md:gap-3",
        // One line alone stands in the middle of the row.
        below || isAsleep || view === "trash" ? "max-md:py-2" : "max-md:py-3.75",
        "after:absolute after:right-2.5 after:bottom-0 after:left-9.5 after:h-px after:bg-border last:after:hidden hover:after:hidden max-md:after:left-11",
        "hover:bg-accent data-row-open:bg-accent data-row-open:after:hidden has-[[data-row]:focus-visible]:bg-selected has-[[data-row]:focus-visible]:after:hidden",
        "has-[[data-row]:focus-visible]:outline-2 has-[[data-row]:focus-visible]:-outline-offset-1 has-[[data-row]:focus-visible]:outline-ring",
        isNew && "opacity-60",
      )}
    >
      {view === "trash" ? null : (
        <form
          action={`/api/forms/tasks.${verb}`}
          method="post"
          className="z-1 flex-none max-md:pt-px"
          onSubmit={(event) => {
            event.preventDefault();
            if (!isNew) onAct({ kind: verb, task });
          }}
        >
          <input type="hidden" name="id" value={task.id} />
          <input type="hidden" name="returnTo" value={returnTo} />
          <Check checked={isDone} disabled={isNew} tabIndex={tabIndex} label={messages.row[verb](task.title)} />
        </form>
      )}
      <div className="min-w-0 flex-1">
        <div className="flex min-w-0 items-center gap-2 max-md:items-start">
          <PriorityGlyph priority={task.priority} quiet className="z-1 max-md:mt-1.25" />
          <Link
            href={`/tasks/${task.id}`}
            data-row={task.id}
            tabIndex={tabIndex}
            aria-current={isCurrent ? "true" : undefined}
            prefetch={false}
            className={clsx(
              "min-w-0 truncate text-15 font-book tracking-row outline-none after:absolute after:inset-0 max-md:overflow-visible max-md:text-16 max-md:whitespace-normal",
              isDone && "text-faint line-through decoration-1",
              isAsleep && "text-muted-foreground",
            )}
          >
            {task.title}
          </Link>
          {task.status === "in_progress" && (
            <Chip tone="accent" className="h-5! px-1.5! max-md:text-12!">
              {messages.row.inProgress}
            </Chip>
          )}
        </div>
        {isAsleep && task.snoozedUntil && (
          <p className="num mt-px flex items-center gap-1.5 text-12 text-faint max-md:text-13">
            <Clock aria-hidden="true" className="size-3" />
            {messages.row.snoozedUntil(midSentence(relativeInstant(task.snoozedUntil, where, true)))}
          </p>
        )}
        {below && <p className="num mt-px truncate text-13 text-faint md:hidden">{below}</p>}
        {view === "trash" && task.deletedAt && (
          <p className="num mt-px text-12 text-faint max-md:text-13">
            {messages.row.keptUntil(shortDay(addDays(dayIn(where.zone, new Date(task.deletedAt)), trashDays), where))}
          </p>
        )}
      </div>
      {view === "trash" ? (
        <form
          action="/api/forms/tasks.restore"
          method="post"
          className="z-1 flex-none"
          onSubmit={(event) => {
            event.preventDefault();
            onAct({ kind: "restore", task });
          }}
        >
          <input type="hidden" name="id" value={task.id} />
          <input type="hidden" name="returnTo" value={returnTo} />
          <Button
            type="submit"
            size="small"
            variant="ghost"
            tabIndex={tabIndex}
            aria-label={messages.row.restore(task.title)}
            icon={<RotateCcw aria-hidden="true" className="size-3.5" />}
          >
            {messages.acts.restore}
          </Button>
        </form>
      ) : (
        <div className="flex flex-none items-center gap-3.5 text-13 text-muted-foreground max-md:pt-px">
          {isLive && !isNew && (
            <div
              className={clsx(
                "z-1 hidden gap-0.5 group-hover/row:flex group-has-[:focus-visible]/row:flex group-data-row-open/row:flex pointer-coarse:flex max-md:hidden!",
              )}
            >
              <IconButton
                label={messages.row.date(task.title)}
                tip={messages.acts.date}
                keys="D"
                {...menuButton("due")}
              >
                <Calendar aria-hidden="true" />
              </IconButton>
              <IconButton
                label={messages.row.snooze(task.title)}
                tip={messages.acts.snooze}
                keys="S"
                {...menuButton("snooze")}
              >
                <Clock aria-hidden="true" />
              </IconButton>
              <IconButton label={messages.row.more(task.title)} tip={messages.acts.more} {...menuButton("more")}>
                <Ellipsis aria-hidden="true" />
              </IconButton>
            </div>
          )}
          {task.estimateMinutes && (
            <span className="num text-faint group-hover/row:hidden group-has-[:focus-visible]/row:hidden group-data-row-open/row:hidden max-md:hidden pointer-coarse:hidden">
              {duration(task.estimateMinutes)}
            </span>
          )}
          <span className="w-29.5 truncate text-faint max-lg:hidden">{tags}</span>
          <span className="min-w-18.5 text-right max-md:min-w-0">
            {view === "today" && isDone && task.completedAt ? (
              <time dateTime={task.completedAt} className="num text-faint">
                {timeOfDay(task.completedAt, where)}
              </time>
            ) : (
              <DueText task={task} where={where} onToday={view === "today"} />
            )}
          </span>
        </div>
      )}
    </li>
  );
}
