"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPCClient } from "#core/trpc.ts";
import { useToasts } from "#ui/toast.tsx";
import { messages } from "../messages.ts";

type Undone = Readonly<{ undone: number; skipped: readonly { label: string }[]; operationId: string | null }>;
type Wish = Readonly<{ id: string; since?: string }>;

/**
 * Undoing one operation, or what an assistant did since some instant; says what came of it, and offers to undo that too.
 * @returns `busy` is what is being undone right now
 */
export function useUndo(): {
  undo: (wish: Wish) => void;
  tell: (undone: Undone, text?: string) => void;
  busy: string | null;
} {
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const toasts = useToasts();
  const refresh = () => queryClient.invalidateQueries();
  const undoAgain = async (id: string) => {
    await client.operations.undo.mutate({ id }).catch((error: Error) => toasts.error(error.message));
    await refresh();
  };
  const tell = ({ undone, skipped, operationId }: Undone, text = messages.outcome(undone, skipped)) =>
    toasts.show({ text, undo: operationId ? () => undoAgain(operationId) : undefined });
  const { mutate, isPending, variables } = useMutation({
    mutationFn: ({ id, since }: Wish): Promise<Undone> =>
      since ? client.assistants.undo.mutate({ id, since }) : client.operations.undo.mutate({ id }),
    onSuccess: (undone) => tell(undone),
    onError: (error) => toasts.error(error.message),
    onSettled: refresh,
  });
  return { undo: (wish) => mutate(wish), tell, busy: isPending ? variables.id : null };
}
