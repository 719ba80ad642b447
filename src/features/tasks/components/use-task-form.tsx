"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC, useTRPCClient } from "#core/trpc.ts";
import { useToasts } from "#ui/toast.tsx";
import { useWhere } from "#ui/where.tsx";
import { messages } from "../messages.ts";
import type { Task } from "../schema.ts";
import { failureOf } from "./failure.ts";
import { differing, type FieldName, type Fields, fieldsOf, patchOf } from "./fields.ts";
import { useTaskCache } from "./list-cache.tsx";
import { taskMutations, useTaskPolling, useUndo } from "./use-task-acts.tsx";

type Left = Readonly<{
  errors?: Readonly<Record<string, string>> | undefined;
  values?: Readonly<Record<string, string>> | undefined;
}>;

/**
 * A task being edited while others may change it too. What someone types is never overwritten: a change from elsewhere is
 * taken over only into fields that were not touched, and otherwise told as a conflict with both versions at hand.
 * @param left what the server said to the same form without script
 */
export function useTaskForm(initial: Task, left: Left) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const cache = useTaskCache(queryClient);
  const toasts = useToasts();
  const undo = useUndo();
  const { zone } = useWhere();
  const query = useQuery({
    ...trpc.tasks.get.queryOptions({ id: initial.id, includeDeleted: true }),
    initialData: initial,
    refetchInterval: useTaskPolling(),
  });
  const task = query.data;

  const [base, setBase] = useState({ version: initial.version, fields: fieldsOf(initial, zone) });
  const [fields, setFields] = useState<Fields>({ ...base.fields, ...left.values });
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>(left.errors ?? {});
  const [problem, setProblem] = useState<string | null>(null);
  const current = fieldsOf(task, zone);
  const mine = differing(fields, base.fields);
  const theirs = task.version === base.version ? [] : differing(current, base.fields);
  const clashing = differing(fields, current).filter((name) => mine.includes(name) && theirs.includes(name));
  const hasConflict = clashing.length > 0;
  if (task.version !== base.version && !hasConflict) {
    setBase({ version: task.version, fields: current });
    setFields({ ...current, ...Object.fromEntries(mine.map((name) => [name, fields[name]])) });
  }

  const mutation = useMutation({
    mutationKey: taskMutations,
    async mutationFn(over: Readonly<{ version: number; base: Fields }>) {
      const patch = { id: initial.id, ...patchOf(fields, over.base) };
      try {
        return await client.tasks.update.mutate({ ...patch, version: over.version });
      } catch (error) {
        if (failureOf(error).code !== "CONFLICT") throw error;
        // Someone was faster. What they changed elsewhere in the task goes together with this; the same field does not.
        const latest = await client.tasks.get.query({ id: initial.id, includeDeleted: true });
        const theirs = differing(fieldsOf(latest, zone), over.base);
        if (differing(fields, over.base).some((name) => theirs.includes(name))) throw error;
        return await client.tasks.update.mutate({ ...patch, version: latest.version });
      }
    },
    onMutate: () => {
      setErrors({});
      setProblem(null);
    },
    onSuccess({ operationId, replayed: _, ...saved }) {
      const next = fieldsOf(saved, zone);
      cache.put(saved);
      setBase({ version: saved.version, fields: next });
      setFields(next);
      if (operationId) toasts.show({ text: messages.done.update(saved.title), undo: () => undo(operationId) });
    },
    onError(error) {
      const failure = failureOf(error);
      setErrors(failure.fields);
      // A conflict shows itself once the other version is here, which the refresh below brings.
      setProblem(failure.isLost ? messages.detail.connection : failure.code === "CONFLICT" ? null : failure.text);
    },
    onSettled: () => cache.refresh(),
  });

  return {
    task,
    fields,
    errors,
    problem,
    query,
    isDirty: mine.length > 0,
    isSaving: mutation.isPending,
    conflict: hasConflict ? { fields: clashing, theirs: current } : null,
    set: (name: FieldName, value: string) => setFields((now) => ({ ...now, [name]: value })),
    save: () => {
      if (mine.length > 0) mutation.mutate({ version: base.version, base: base.fields });
    },
    /** Saves what stands here over the other version; only the fields in which the two differ are sent. */
    keepMine: () => mutation.mutate({ version: task.version, base: current }),
    reset: () => {
      setBase({ version: task.version, fields: current });
      setFields(current);
      setErrors({});
      setProblem(null);
    },
  };
}

export type TaskForm = ReturnType<typeof useTaskForm>;
