"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { TokenScope } from "#core/scopes.ts";
import { useTRPC, useTRPCClient } from "#core/trpc.ts";
import { useUndo } from "#features/journal/components/use-undo.ts";
import { messages as journal } from "#features/journal/messages.ts";
import { useToasts } from "#ui/toast.tsx";
import { messages } from "../messages.ts";
import type { AssistantDetail } from "../schema.ts";

/** What a person can do to a connection on its page. */
export type Act =
  | Readonly<{ kind: "pause" | "resume" | "disconnect" | "disconnectAndUndo" }>
  | Readonly<{ kind: "narrow"; scopes: readonly TokenScope[] }>;

/** The connection as it will be once the act got through. */
function foreseen(assistant: AssistantDetail, act: Act): AssistantDetail {
  const now = new Date().toISOString();
  switch (act.kind) {
    case "pause":
      return { ...assistant, pausedAt: now };
    case "resume":
      return { ...assistant, pausedAt: null };
    case "narrow":
      return { ...assistant, scopes: [...act.scopes] };
    case "disconnect":
    case "disconnectAndUndo":
      return { ...assistant, endedAt: now, endedBy: "person" };
  }
}

/** Acts on one connection: the page shows them at once, and goes back when they are refused. */
export function useAssistant(
  assistant: AssistantDetail,
  cursor: string | null,
): { act: (act: Act) => void; pending: Act["kind"] | null } {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const toasts = useToasts();
  const { tell } = useUndo();
  const { id, name } = assistant;
  const { queryKey } = trpc.assistants.get.queryOptions({ id, ...(cursor ? { cursor } : {}) });
  const { mutate, isPending, variables } = useMutation({
    mutationFn: async (act: Act): Promise<void> => {
      switch (act.kind) {
        case "pause":
          await client.assistants.pause.mutate({ id });
          return toasts.show({ text: messages.state.paused(name), undo: () => mutate({ kind: "resume" }) });
        case "resume":
          await client.assistants.resume.mutate({ id });
          return toasts.show({ text: messages.state.resumed(name) });
        case "narrow":
          await client.assistants.narrow.mutate({
            id,
            ...Object.fromEntries(act.scopes.map((scope) => [scope, true])),
          });
          return toasts.show({ text: messages.state.saved(name) });
        case "disconnect":
          await client.assistants.disconnect.mutate({ id });
          return toasts.show({ text: messages.state.disconnected(name) });
        case "disconnectAndUndo": {
          const { undo, operationId } = await client.assistants.disconnectAndUndo.mutate({ id });
          const text = `${messages.state.disconnected(name)} ${journal.outcome(undo.undone, undo.skipped)}`;
          return tell({ ...undo, operationId }, text);
        }
      }
    },
    onMutate: async (act) => {
      await queryClient.cancelQueries({ queryKey });
      const before = queryClient.getQueryData(queryKey);
      queryClient.setQueryData(queryKey, (now) => now && foreseen(now, act));
      return before;
    },
    onError: (error, _, before) => {
      queryClient.setQueryData(queryKey, before);
      toasts.error(error.message);
    },
    onSettled: () => queryClient.invalidateQueries(),
  });
  return { act: mutate, pending: isPending ? variables.kind : null };
}
