"use client";

import type { InfiniteData, QueryClient, QueryKey } from "@tanstack/react-query";
import { useTRPC } from "#core/trpc.ts";
import type { Task, TaskList, View } from "../schema.ts";

/** Every cached copy of a task: in lists, on its own page. Changed together, put back together. */

type Pages = InfiniteData<TaskList, string | null>;
type Snapshot = readonly (readonly [QueryKey, unknown])[];

const mapPages = (data: Pages, map: (items: Task[]) => Task[]): Pages => ({
  ...data,
  pages: data.pages.map((page) => ({ ...page, items: map(page.items) })),
});

/** The view a list query is of, read from its key. */
function viewOf(key: QueryKey): View | null {
  const options = key[1] as { input?: { view?: View } } | undefined;
  return options?.input?.view ?? null;
}

/** Does a task that was changed still belong in this view? Completed ones stay until the next refresh, so that the tick is seen. */
function stays(task: Task, view: View | null): boolean {
  if (view === "trash") return task.deletedAt !== null;
  return task.deletedAt === null;
}

export type TaskCache = Readonly<{
  /** Stops refreshes under way and remembers what is there. */
  begin: () => Promise<Snapshot>;
  /** Puts a changed task wherever it is shown. */
  put: (task: Task) => void;
  /** Shows a new task at the head of the lists it belongs to. */
  add: (task: Task) => void;
  /** Replaces or removes a task that was shown before it had an id. */
  settle: (temporaryId: string, task: Task | null) => void;
  rollBack: (snapshot: Snapshot) => void;
  /** Asks the server again for everything about tasks. */
  refresh: () => Promise<void>;
}>;

/** @returns the cached copies of tasks in this browser */
export function useTaskCache(queryClient: QueryClient): TaskCache {
  const trpc = useTRPC();
  const lists = trpc.tasks.list.pathFilter();
  const one = trpc.tasks.get.pathFilter();
  const eachList = (change: (items: Task[], view: View | null) => Task[]) => {
    for (const [key, data] of queryClient.getQueriesData<Pages>(lists))
      if (data)
        queryClient.setQueryData<Pages>(
          key,
          mapPages(data, (items) => change(items, viewOf(key))),
        );
  };
  return {
    async begin() {
      await queryClient.cancelQueries(trpc.tasks.pathFilter());
      return [...queryClient.getQueriesData(lists), ...queryClient.getQueriesData(one)];
    },
    put(task) {
      eachList((items, view) =>
        items
          .map((item) => (item.id === task.id ? task : item))
          .filter((item) => item.id !== task.id || stays(item, view)),
      );
      for (const [key, data] of queryClient.getQueriesData<Task>(one))
        if (data?.id === task.id) queryClient.setQueryData(key, task);
    },
    add(task) {
      for (const [key, data] of queryClient.getQueriesData<Pages>(lists)) {
        const view = viewOf(key);
        const isShown =
          view === "all" ||
          (view === "inbox" && task.projectId === null) ||
          (view === "today" && (task.dueDate || task.dueAt));
        const [first, ...rest] = data?.pages ?? [];
        if (!data || !first || !isShown) continue;
        queryClient.setQueryData<Pages>(key, {
          ...data,
          pages: [{ ...first, items: [task, ...first.items] }, ...rest],
        });
      }
    },
    settle(temporaryId, task) {
      eachList((items) => items.flatMap((item) => (item.id === temporaryId ? (task ? [task] : []) : [item])));
    },
    rollBack(snapshot) {
      for (const [key, data] of snapshot) queryClient.setQueryData(key, data);
    },
    async refresh() {
      await queryClient.invalidateQueries(trpc.tasks.pathFilter());
    },
  };
}
