"use client";

import { useMutationState, useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { Calendar, CornerDownRight, Tag, Timer } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { dayIn } from "#core/clock.ts";
import { useTRPC } from "#core/trpc.ts";
import type { Act } from "#features/tasks/components/act.ts";
import { DueText } from "#features/tasks/components/due-text.tsx";
import { RefreshNotice } from "#features/tasks/components/refresh-notice.tsx";
import { taskMutations, useTaskActs, useTaskPolling } from "#features/tasks/components/use-task-acts.tsx";
import type { Task } from "#features/tasks/schema.ts";
import { ButtonLink } from "#ui/button.tsx";
import { Chip } from "#ui/chip.tsx";
import { EmptyState } from "#ui/empty-state.tsx";
import { duration, points, shortDay, timeOfDay } from "#ui/format.ts";
import { ScoreBar } from "#ui/meter.tsx";
import { PriorityGlyph, priorityWord } from "#ui/priority-glyph.tsx";
import { Panel } from "#ui/shell.tsx";
import { useWhere } from "#ui/where.tsx";
import { pageText as words } from "../messages.ts";
import type { NextTask } from "../schema.ts";
import { NextActions } from "./next-actions.tsx";
import { ScoreStatement } from "./score-statement.tsx";

/** The one task to do now, why, and what comes after it. `children` is what the server has to say first. */
export function NextView({ initial, children }: Readonly<{ initial: NextTask; children?: ReactNode }>) {
  const trpc = useTRPC();
  const where = useWhere();
  const act = useTaskActs();
  const query = useQuery({
    ...trpc.tasks.next.queryOptions({}),
    initialData: initial,
    refetchInterval: useTaskPolling(),
  });
  const pending = useMutationState({
    filters: { mutationKey: taskMutations, status: "pending" },
    select: (mutation) => mutation.state.variables as Partial<Act> | undefined,
  });
  const { data } = query;
  const { task, score } = data;
  const busy = pending.find((one) => one?.task?.id === task?.id)?.kind ?? null;

  const top = (
    <div className="mb-9 flex items-center gap-2 max-md:mb-5.5">
      <p className="mr-auto text-21 font-heavy tracking-page">{words.title}</p>
      <time className="num text-13 font-book text-faint">
        {shortDay(dayIn(where.zone, new Date(where.now)), where, true)}, {timeOfDay(where.now, where)}
      </time>
    </div>
  );
  const notices = (
    <>
      {children}
      <RefreshNotice query={query} />
    </>
  );

  if (!task || !score)
    return (
      <main
        id="content"
        tabIndex={-1}
        className="min-w-0 px-10 pt-7 pb-14 focus:outline-none max-md:px-4 max-md:pt-3.5"
      >
        <div className="mx-auto max-w-[640px]">
          {top}
          {notices}
          <EmptyState
            heading="h1"
            title={data.why ?? words.title}
            action={<ButtonLink href="/inbox">{words.openInbox}</ButtonLink>}
          >
            {words.hint}
          </EmptyState>
        </div>
      </main>
    );
  return (
    <div className="grid min-h-dvh grid-cols-1 wide:grid-cols-[minmax(0,1fr)_400px] wide:grid-rows-[auto_1fr]">
      <main id="content" tabIndex={-1} className="min-w-0 px-10 pt-7 focus:outline-none max-md:px-4 max-md:pt-3.5">
        <div className="mx-auto max-w-[640px]">
          {top}
          {notices}
          <p className="mb-2.5 flex items-center gap-2 text-13 font-medium text-muted-foreground">
            <CornerDownRight aria-hidden="true" className="size-4" />
            {words.kicker}
          </p>
          <Hero task={task} isDone={busy === "complete"} />
          <NextActions key={task.id} task={task} busy={busy} onAct={act} />
        </div>
      </main>
      <Panel labelledBy="why" className="max-wide:mt-7 wide:row-span-2">
        <h2 id="why" className="mb-0.5 flex h-7.5 items-center text-15 font-semibold">
          {words.why}
        </h2>
        <ScoreStatement title={task.title} score={score} />
        <p className="mt-4 text-12 text-pretty text-faint">{words.foot}</p>
      </Panel>
      <section
        aria-labelledby={data.runnersUp.length > 0 ? "runners-up" : undefined}
        className="px-10 pb-10 max-md:px-4 max-md:pb-6"
      >
        <div className="mx-auto max-w-[640px]">
          {data.runnersUp.length > 0 && <RunnersUp items={data.runnersUp} />}
          {data.gates.snoozed > 0 && <p className="num mt-3 text-13 text-faint">{words.gated(data.gates.snoozed)}</p>}
        </div>
      </section>
    </div>
  );
}

/** The task itself, large. */
function Hero({ task, isDone }: Readonly<{ task: Task; isDone: boolean }>) {
  const where = useWhere();
  return (
    <>
      <h1 className="text-34 font-hero tracking-hero text-balance wrap-anywhere max-md:text-28">
        <Link
          href={`/tasks/${task.id}`}
          className={clsx(
            "touch:-my-1.5 touch:inline-block touch:py-1.5",
            isDone
              ? "text-faint line-through decoration-2"
              : "hover:underline hover:decoration-1 hover:underline-offset-6",
          )}
        >
          {task.title}
        </Link>
      </h1>
      {task.description && (
        <p className="mt-3 line-clamp-4 max-w-[56ch] text-15 whitespace-pre-line text-pretty text-muted-foreground wrap-anywhere">
          {task.description}
        </p>
      )}
      <div className="mt-4 flex flex-wrap gap-1.5">
        {task.estimateMinutes && <Chip icon={<Timer aria-hidden="true" />}>{duration(task.estimateMinutes)}</Chip>}
        {task.tags.map((tag) => (
          <Chip key={tag} icon={<Tag aria-hidden="true" />}>
            {tag}
          </Chip>
        ))}
        <Chip icon={<PriorityGlyph priority={task.priority} silent />}>{priorityWord(task.priority)}</Chip>
        <Chip icon={<Calendar aria-hidden="true" />}>
          {task.dueDate || task.dueAt ? <DueText task={task} where={where} isFull /> : words.noDate}
        </Chip>
      </div>
    </>
  );
}

/** The next three with their totals, each a way into the task. */
function RunnersUp({ items }: Readonly<{ items: NextTask["runnersUp"] }>) {
  return (
    <>
      <h2 id="runners-up" className="mt-8.5 mb-1.5 text-15 font-semibold tracking-row">
        {words.runnersUp}
      </h2>
      <ol>
        {items.map(({ task, score }, i) => (
          <li
            key={task.id}
            className="relative -mx-2.5 grid min-h-11 grid-cols-[18px_14px_minmax(0,1fr)_96px_44px] items-center gap-3 rounded-md px-2.5 before:absolute before:inset-x-2.5 before:top-0 before:h-px before:bg-border hover:bg-accent max-md:grid-cols-[14px_minmax(0,1fr)_44px] max-md:gap-2.5 max-md:py-2"
          >
            <span className="num text-faint max-md:hidden" aria-hidden="true">
              {i + 2}
            </span>
            <PriorityGlyph priority={task.priority} />
            <Link
              href={`/tasks/${task.id}`}
              prefetch={false}
              className="truncate text-15 font-book tracking-row after:absolute after:inset-0 max-md:whitespace-normal"
            >
              {task.title}
            </Link>
            <ScoreBar value={score.total} max={score.max} className="max-md:hidden" />
            <span className="num text-right font-semibold">
              <span className="sr-only">{words.scored(points(score.total))}</span>
              <span aria-hidden="true">{points(score.total)}</span>
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}
