"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type ReactNode, useRef, useState } from "react";
import { useTRPC, useTRPCClient } from "#core/trpc.ts";
import { Button, buttonClass } from "#ui/button.tsx";
import { SectionHeading } from "#ui/page-header.tsx";
import { Skeleton } from "#ui/skeleton.tsx";
import { useHydrated } from "#ui/use-hydrated.ts";
import { useRovingRows } from "#ui/use-roving-rows.ts";
import { useShortcuts } from "#ui/use-shortcuts.ts";
import { useWhere } from "#ui/where.tsx";
import { messages } from "../messages.ts";
import type { Task, TaskList as TaskPage } from "../schema.ts";
import { type Act, type Group, groupOf, isSnoozed } from "./act.ts";
import { DueMenu } from "./due-menu.tsx";
import { RefreshNotice } from "./refresh-notice.tsx";
import { SnoozeMenu } from "./snooze-menu.tsx";
import { TaskMenu } from "./task-menu.tsx";
import { type RowMenu, TaskRow } from "./task-row.tsx";
import { useTaskActs, useTaskPolling } from "./use-task-acts.tsx";

const order: readonly Group[] = ["overdue", "today", "open", "later", "snoozed"];

type ListView = "inbox" | "today" | "all" | "trash";
type TaskListProps = Readonly<{
  view: ListView;
  /** What the server rendered, so that the first sight needs no request. */
  initial: TaskPage;
  /** The cursor the server's page began at, for those without script. */
  cursor?: string | undefined;
  /** Shown when there is nothing. */
  children: ReactNode;
}>;

type OpenMenu = Readonly<{ menu: RowMenu; id: string; anchor: HTMLElement; beside: HTMLElement | null }>;

/** A live list of tasks with its keys. Rendered on the server first; without script its links and forms still work. */
export function TaskList({ view, initial, cursor, children }: TaskListProps) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const router = useRouter();
  const where = useWhere();
  const act = useTaskActs();
  const isHydrated = useHydrated();
  const list = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<OpenMenu | null>(null);
  const query = useInfiniteQuery({
    queryKey: trpc.tasks.list.infiniteQueryKey({ view }),
    queryFn: ({ pageParam, signal }) =>
      client.tasks.list.query({ view, ...(pageParam ? { cursor: pageParam } : {}) }, { signal }),
    initialPageParam: cursor ?? null,
    getNextPageParam: (page: TaskPage) => page.nextCursor,
    initialData: { pages: [initial], pageParams: [cursor ?? null] },
    refetchInterval: useTaskPolling(),
  });

  const tasks = query.data.pages.flatMap((page) => page.items);
  const placed = tasks.map((task) => ({ task, group: groupOf(task, view, where.zone, where.now) }));
  const groups = order
    .map((group) => ({ group, items: placed.filter((one) => one.group === group).map(({ task }) => task) }))
    .filter(({ items }) => items.length > 0);
  const shown = groups.flatMap(({ items }) => items);
  const rows = useRovingRows(
    list,
    shown.map((task) => task.id),
  );
  const returnTo = view === "trash" ? "/trash" : `/${view}`;

  const focused = (): Task | undefined => {
    const row = document.activeElement?.closest("li")?.querySelector<HTMLElement>("[data-row]");
    return row && list.current?.contains(row) ? shown.find((task) => task.id === row.dataset.row) : undefined;
  };
  const run = (toAct: (task: Task) => Act | null) => () => {
    const task = focused();
    const next = task && task.version > 0 ? toAct(task) : null;
    if (!next) return false;
    if (next.kind === "delete" || next.kind === "restore") rows.leave();
    act(next);
    return true;
  };
  const showMenu = (menu: RowMenu) => () => {
    const task = focused();
    const anchor = list.current?.querySelector<HTMLElement>(`[data-row="${task?.id}"]`);
    if (!task || !anchor || view === "trash") return false;
    setOpen({ menu, id: task.id, anchor, beside: anchor.closest("li") });
    return true;
  };
  const setPriority = (priority: number) =>
    run((task) => (view === "trash" ? null : { kind: "update", task, patch: { priority } }));

  useShortcuts({
    j: () => rows.move(1),
    k: () => rows.move(-1),
    ArrowDown: () => focused() !== undefined && rows.move(1),
    ArrowUp: () => focused() !== undefined && rows.move(-1),
    e: run((task) =>
      view === "trash"
        ? { kind: "restore", task }
        : { kind: task.status === "completed" ? "reopen" : "complete", task },
    ),
    s: showMenu("snooze"),
    d: showMenu("due"),
    m: showMenu("more"),
    Delete: run((task) => (view === "trash" ? null : { kind: "delete", task })),
    "1": setPriority(1),
    "2": setPriority(2),
    "3": setPriority(3),
    "4": setPriority(4),
    "5": setPriority(5),
  });

  const openTask = open && shown.find((task) => task.id === open.id);
  const goTo = (hash: string) => openTask && router.push(`/tasks/${openTask.id}${hash}` as "/next");
  const menu = openTask && {
    task: openTask,
    anchor: open.anchor,
    beside: open.beside,
    onClose: () => setOpen(null),
    onAct: act,
  };

  if (shown.length === 0 && !query.isError) return children;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only notes which row has focus.
    <div ref={list} onFocus={rows.onFocus}>
      <RefreshNotice query={query} />
      {groups.map(({ group, items }) => {
        const heading = view === "today" || (view === "all" && groups.length > 1) ? `group-${group}` : undefined;
        return (
          <section
            key={group}
            aria-labelledby={heading}
            aria-label={heading ? undefined : messages.list.label(messages.views[view])}
            className="mt-1.5"
          >
            {heading && (
              <SectionHeading
                id={heading}
                title={messages.groups[group]}
                count={
                  items.filter((task) => group === "later" || group === "snoozed" || !isSnoozed(task, where.now)).length
                }
              />
            )}
            <ul>
              {items.map((task) => (
                <TaskRow
                  key={task.id}
                  task={task}
                  view={view}
                  returnTo={returnTo}
                  isCurrent={false}
                  tabIndex={isHydrated ? rows.tabIndex(task.id) : undefined}
                  openMenu={open?.id === task.id ? open.menu : null}
                  onAct={act}
                  onMenu={(kind, anchor) =>
                    setOpen((now) =>
                      now?.id === task.id && now.menu === kind
                        ? null
                        : { menu: kind, id: task.id, anchor, beside: null },
                    )
                  }
                />
              ))}
            </ul>
          </section>
        );
      })}
      {query.isFetchingNextPage && <Skeleton label={messages.list.loading} lines={3} />}
      {query.hasNextPage && (
        <div className="mt-4">
          {isHydrated ? (
            <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {messages.acts.showMore}
            </Button>
          ) : (
            <a
              className={buttonClass()}
              href={`${returnTo}?cursor=${encodeURIComponent(query.data.pages.at(-1)?.nextCursor ?? "")}`}
            >
              {messages.acts.showMore}
            </a>
          )}
        </div>
      )}
      {menu && open.menu === "due" && <DueMenu {...menu} onPick={() => goTo("#due")} />}
      {menu && open.menu === "snooze" && <SnoozeMenu {...menu} onPick={() => goTo("#snooze")} />}
      {menu && open.menu === "more" && <TaskMenu {...menu} onOpen={() => goTo("")} />}
    </div>
  );
}
