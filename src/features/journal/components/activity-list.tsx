"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { dayIn } from "#core/clock.ts";
import { useTRPC, useTRPCClient } from "#core/trpc.ts";
import { ButtonLink } from "#ui/button.tsx";
import { EmptyState } from "#ui/empty-state.tsx";
import { relativeDay, type Where } from "#ui/format.ts";
import { Notice } from "#ui/notice.tsx";
import { useToasts } from "#ui/toast.tsx";
import { messages } from "../messages.ts";
import type { Activity, ActivityList as Page } from "../schema.ts";
import { ActivityRow } from "./activity-row.tsx";

type ActivityListProps = Readonly<{ initial: Page; cursor: string | null; me: string; where: Where }>;

function byDay(items: readonly Activity[], zone: string): [string, Activity[]][] {
  const days = new Map<string, Activity[]>();
  for (const item of items) {
    const day = dayIn(zone, new Date(item.createdAt));
    days.set(day, [...(days.get(day) ?? []), item]);
  }
  return [...days];
}

/** The journal by day, newest first, up to date by itself; each operation can be undone. */
export function ActivityList({ initial, cursor, me, where }: ActivityListProps) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const toasts = useToasts();
  const { data, isError } = useQuery(
    trpc.activity.list.queryOptions(cursor ? { cursor } : {}, { initialData: initial }),
  );
  const {
    mutate: undo,
    isPending,
    variables,
  } = useMutation({
    mutationFn: (id: string) => client.operations.undo.mutate({ id }),
    onSuccess: ({ undone, skipped, operationId }) =>
      toasts.show({
        text: messages.outcome(undone, skipped),
        undo: operationId ? () => undoAgain(operationId) : undefined,
      }),
    onError: (error) => toasts.error(error.message),
    onSettled: () => queryClient.invalidateQueries(),
  });
  const undoAgain = async (id: string) => {
    await client.operations.undo.mutate({ id });
    await queryClient.invalidateQueries();
  };
  const page = data ?? initial;
  const returnTo = cursor ? `/activity?cursor=${encodeURIComponent(cursor)}` : "/activity";
  if (page.items.length === 0)
    return (
      <EmptyState title={messages.empty} action={<ButtonLink href="/inbox">{messages.emptyAction}</ButtonLink>}>
        {messages.emptyText}
      </EmptyState>
    );
  return (
    <>
      {isError && (
        <Notice tone="warn" className="mb-4">
          {messages.stale}
        </Notice>
      )}
      {byDay(page.items, where.zone).map(([day, items]) => (
        <section key={day} aria-labelledby={`day-${day}`} className="mb-6">
          <div className="flex items-baseline border-b border-border pb-1.5 text-13">
            <h2 id={`day-${day}`} className="font-semibold">
              {relativeDay(day, where)}
            </h2>
            <span className="num ml-auto text-12 text-faint">
              {messages.changes(items.length, items.filter(({ status }) => status !== "done").length)}
            </span>
          </div>
          <ul>
            {items.map((activity) => (
              <ActivityRow
                key={activity.id}
                activity={activity}
                me={me}
                where={where}
                returnTo={returnTo}
                busy={isPending && variables === activity.id}
                onUndo={(id) => undo(id)}
              />
            ))}
          </ul>
        </section>
      ))}
      <nav className="flex gap-2">
        {cursor && <ButtonLink href="/activity">{messages.newest}</ButtonLink>}
        {page.nextCursor && (
          <ButtonLink href={`/activity?cursor=${encodeURIComponent(page.nextCursor)}`}>{messages.older}</ButtonLink>
        )}
      </nav>
    </>
  );
}
