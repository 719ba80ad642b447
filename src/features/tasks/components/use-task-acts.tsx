"use client";

import { useIsMutating, useMutation, useQueryClient } from "@tanstack/react-query";
import { addDays, dayIn } from "#core/clock.ts";
import { useTRPCClient } from "#core/trpc.ts";
import { midSentence, relativeInstant, shortDay } from "#ui/format.ts";
import { useToasts } from "#ui/toast.tsx";
import type { Toast } from "#ui/toast-state.ts";
import { useWhere } from "#ui/where.tsx";
import { messages } from "../messages.ts";
import { type Act, applyAct, trashDays } from "./act.ts";
import { failureOf } from "./failure.ts";
import { useTaskCache } from "./list-cache.tsx";

type Client = ReturnType<typeof useTRPCClient>;

/** One key for every change of tasks: while one is under way, lists do not ask the server, which may not know it yet. */
export const taskMutations = ["tasks", "change"] as const;
const pollMs = 5_000;

/**
 * How often tasks are asked for again. A refresh while a change is under way would show the task as it was before; told by a
 * hook, so that asking goes on as soon as the change is done, wherever on the page it was made.
 */
export const useTaskPolling = (): number | false =>
  useIsMutating({ mutationKey: taskMutations }) > 0 ? false : pollMs;

/** A completed row stays in sight this long before the list is fetched again without it. */
const lingerMs = 600;

function send(client: Client, act: Act) {
  const { id } = act.task;
  switch (act.kind) {
    case "complete":
      return client.tasks.complete.mutate({ id });
    case "reopen":
      return client.tasks.reopen.mutate({ id });
    case "delete":
      return client.tasks.delete.mutate({ id });
    case "restore":
      return client.tasks.restore.mutate({ id });
    case "snooze":
      return client.tasks.snooze.mutate({ id, until: act.until });
    case "wake":
      return client.tasks.update.mutate({ id, snoozedUntil: null });
    case "start":
      return client.tasks.update.mutate({ id, status: "in_progress" });
    case "stop":
      return client.tasks.update.mutate({ id, status: "pending" });
    case "update":
      return client.tasks.update.mutate({ id, ...act.patch });
  }
}

/** Takes operations back through the journal and says what came of it. */
export function useUndo(): (operationId: string) => Promise<void> {
  const client = useTRPCClient();
  const toasts = useToasts();
  const cache = useTaskCache(useQueryClient());
  return async (operationId) => {
    try {
      const { undone, skipped } = await client.operations.undo.mutate({ id: operationId });
      toasts.show({
        text: skipped.length > 0 ? messages.done.undoneSome(undone, skipped.length) : messages.done.undone,
      });
    } catch (error) {
      toasts.error(messages.failed.undo(failureOf(error).text));
    }
    await cache.refresh();
  };
}

/**
 * Does things to tasks: shown at once in every list, put back when the server refuses, and said either way.
 * @returns what runs one act
 */
export function useTaskActs(): (act: Act) => void {
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const cache = useTaskCache(queryClient);
  const toasts = useToasts();
  const undo = useUndo();
  const where = useWhere();

  const wordsFor = (act: Act): Omit<Toast, "undo"> => {
    const { done } = messages;
    const { title } = act.task;
    switch (act.kind) {
      case "complete":
        return { text: done.complete(title), many: done.completeMany };
      case "reopen":
        return { text: done.reopen(title) };
      case "delete":
        return {
          text: done.delete(shortDay(addDays(dayIn(where.zone, new Date()), trashDays), where)),
          many: done.deleteMany,
        };
      case "restore":
        return { text: done.restore(title), many: done.restoreMany };
      case "snooze":
        return {
          text: done.snooze(title, midSentence(relativeInstant(act.until, { ...where, now: Date.now() }, true))),
          many: done.snoozeMany,
        };
      case "wake":
      case "stop":
        return { text: done.wake(title) };
      case "start":
        return { text: done.start(title) };
      case "update":
        return { text: done.update(title), many: done.updateMany };
    }
  };

  const mutation = useMutation({
    mutationKey: taskMutations,
    mutationFn: (act: Act) => send(client, act),
    async onMutate(act) {
      const since = performance.now();
      const snapshot = await cache.begin();
      cache.put(applyAct(act, Date.now()));
      return { snapshot, since };
    },
    onSuccess({ operationId, replayed: _, ...task }, act, { since }) {
      cache.put(task);
      // Nothing was written, so there is nothing to undo: someone else was faster.
      if (operationId) toasts.show({ ...wordsFor(act), since, kind: act.kind, undo: () => undo(operationId) });
    },
    onError(error, act, context) {
      if (context) cache.rollBack(context.snapshot);
      const { text } = failureOf(error);
      toasts.error(messages.failed.act(act.task.title, text), {
        label: messages.acts.tryAgain,
        run: () => mutation.mutate(act),
      });
    },
    async onSettled(_data, _error, act) {
      if (act.kind === "complete") await new Promise((resolve) => setTimeout(resolve, lingerMs));
      // Only the last of several refreshes; an earlier one would show the others' tasks as they were.
      if (queryClient.isMutating({ mutationKey: taskMutations }) <= 1) await cache.refresh();
    },
  });

  return (act) => mutation.mutate(act);
}
