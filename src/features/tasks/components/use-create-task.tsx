"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { instantAt } from "#core/clock.ts";
import { useTRPCClient } from "#core/trpc.ts";
import { useToasts } from "#ui/toast.tsx";
import { useWhere } from "#ui/where.tsx";
import { messages } from "../messages.ts";
import type { Task } from "../schema.ts";
import { failureOf } from "./failure.ts";
import { useTaskCache } from "./list-cache.tsx";
import { taskMutations, useUndo } from "./use-task-acts.tsx";

/** What the composer collects, in the form the capability takes it. */
export type Draft = Readonly<{
  title: string;
  priority: number;
  dueDate: string | null;
  dueTime?: string;
  estimateMinutes: number | null;
  tags: string[];
}>;

let made = 0;

/** The task as it is shown until the server has made it; version 0 says that nothing can be done to it yet. */
function preview(draft: Draft, zone: string): Task {
  const now = new Date().toISOString();
  const [hours = 0, minutes = 0] = (draft.dueTime ?? "").split(":").map(Number);
  const dueAt = draft.dueDate && draft.dueTime ? instantAt(zone, draft.dueDate, hours, minutes).toISOString() : null;
  return {
    id: `new-${++made}`,
    title: draft.title,
    description: null,
    status: "pending",
    priority: draft.priority,
    dueDate: dueAt ? null : draft.dueDate,
    dueAt,
    dueZone: dueAt && zone,
    estimateMinutes: draft.estimateMinutes,
    tags: draft.tags,
    projectId: null,
    snoozedUntil: null,
    startedAt: null,
    completedAt: null,
    deletedAt: null,
    version: 0,
    createdAt: now,
    updatedAt: now,
  };
}

type Outcome = Readonly<{
  /** Answers whether the draft is back where it can be mended; if not, the message itself keeps it. */
  onFailed: (draft: Draft, fields: Readonly<Record<string, string>>) => boolean;
}>;

/** Adds tasks: shown at once, taken away again when refused, with the draft handed back so that nothing is typed twice. */
export function useCreateTask({ onFailed }: Outcome): (draft: Draft) => void {
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const cache = useTaskCache(queryClient);
  const toasts = useToasts();
  const undo = useUndo();
  const { zone } = useWhere();
  const mutation = useMutation({
    mutationKey: taskMutations,
    mutationFn: (draft: Draft) => client.tasks.create.mutate(draft),
    async onMutate(draft) {
      const since = performance.now();
      await cache.begin();
      const shown = preview(draft, zone);
      cache.add(shown);
      return { temporaryId: shown.id, since };
    },
    onSuccess({ operationId, replayed: _, ...task }, _draft, { temporaryId, since }) {
      cache.settle(temporaryId, task);
      toasts.show({
        text: messages.done.create(task.title),
        since,
        ...(operationId ? { undo: () => undo(operationId) } : {}),
      });
    },
    onError(error, draft, context) {
      if (context) cache.settle(context.temporaryId, null);
      const failure = failureOf(error);
      const why = Object.values(failure.fields).join(" ") || failure.text;
      if (onFailed(draft, failure.fields)) toasts.error(messages.failed.create(why));
      else
        toasts.error(messages.failed.createOf(draft.title, why), {
          label: messages.acts.tryAgain,
          run: () => mutation.mutate(draft),
        });
    },
    async onSettled() {
      if (queryClient.isMutating({ mutationKey: taskMutations }) <= 1) await cache.refresh();
    },
  });
  return (draft) => mutation.mutate(draft);
}
