"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { clsx } from "clsx";
import { Check, Circle, Trash2 } from "lucide-react";
import type { Route } from "next";
import Link from "next/link";
import { useTRPC, useTRPCClient } from "#core/trpc.ts";
import { Avatar, assistantColour } from "#ui/avatar.tsx";
import { Button, ButtonLink } from "#ui/button.tsx";
import { EmptyState } from "#ui/empty-state.tsx";
import { ago, type Where } from "#ui/format.ts";
import { IconButton } from "#ui/icon-button.tsx";
import { useToasts } from "#ui/toast.tsx";
import { pageText } from "../messages.ts";
import type { Notification, NotificationList as Page } from "../schema.ts";

/** The hidden fields of a plain form: what it is about and where to go on. */
function Fields({ values }: Readonly<{ values: Record<string, string> }>) {
  return Object.entries({ ...values, returnTo: "/notifications" }).map(([name, value]) => (
    <input key={name} type="hidden" name={name} value={value} />
  ));
}

/** Where a notification leads: to the assistant it is about, to its task, or nowhere. */
function pathOf({ type, grantId, taskId }: Notification): Route | null {
  if (type.startsWith("ASSISTANT_") && grantId) return `/assistants/${grantId}` as Route;
  return taskId ? (`/tasks/${taskId}` as Route) : null;
}

type Name = Readonly<{ id: string; name: string; color: number }>;
type Acts = Readonly<{ onMark: (item: Notification) => void; onDelete: (item: Notification) => void }>;

type RowProps = Readonly<{ item: Notification; assistant: Name | undefined; where: Where }> & Acts;

function Row({ item, assistant, where, onMark, onDelete }: RowProps) {
  const label = item.isRead ? pageText.markUnread : pageText.markRead;
  const path = pathOf(item);
  return (
    <li className="grid grid-cols-[10px_minmax(0,1fr)_auto] items-start gap-x-3 border-b border-border py-2.5 last:border-b-0">
      <span
        aria-hidden="true"
        data-outline={item.isRead ? undefined : ""}
        className={item.isRead ? "size-2" : "mt-1.5 size-2 rounded-full bg-primary"}
      />
      <div className="min-w-0">
        <p className={clsx("flex items-center gap-2", item.isRead ? "text-muted-foreground" : "font-strong")}>
          {!item.isRead && <span className="sr-only">{pageText.unread} </span>}
          {assistant && <Avatar kind="assistant" name={assistant.name} colour={assistantColour(assistant.color)} />}
          {item.title}
        </p>
        <p className="text-13 text-muted-foreground wrap-anywhere">
          {path ? (
            <Link href={path} className="hover:underline">
              {item.message}
            </Link>
          ) : (
            item.message
          )}
        </p>
        <time dateTime={item.createdAt} className="num text-12 text-faint">
          {ago(item.createdAt, where)}
        </time>
      </div>
      <div className="flex gap-1 touch:gap-4">
        <form
          method="post"
          action="/api/forms/notifications.mark"
          onSubmit={(event) => {
            event.preventDefault();
            onMark(item);
          }}
        >
          <Fields values={{ id: item.id, isRead: String(!item.isRead) }} />
          <IconButton type="submit" label={`${label}: ${item.title}`}>
            {item.isRead ? <Circle aria-hidden="true" /> : <Check aria-hidden="true" />}
          </IconButton>
        </form>
        <form
          method="post"
          action="/api/forms/notifications.delete"
          onSubmit={(event) => {
            event.preventDefault();
            onDelete(item);
          }}
        >
          <Fields values={{ id: item.id }} />
          <IconButton type="submit" label={`${pageText.delete}: ${item.title}`}>
            <Trash2 aria-hidden="true" />
          </IconButton>
        </form>
      </div>
    </li>
  );
}

/** The filter that is on: the page's text colour as its ground. */
const chosen = "bg-foreground! text-background! hover:bg-foreground!";

type NotificationListProps = Readonly<{
  initial: Page;
  unreadOnly: boolean;
  cursor: string | null;
  where: Where;
  /** The assistants whose marks stand beside what they did. */
  names: readonly Name[];
}>;

/** What the person was told, newest first; read state changes at once and goes back when refused. */
export function NotificationList({ initial, unreadOnly, cursor, where, names }: NotificationListProps) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const toasts = useToasts();
  const options = trpc.notifications.list.queryOptions(
    { unreadOnly, ...(cursor ? { cursor } : {}) },
    { initialData: initial },
  );
  const { data: page = initial } = useQuery(options);

  /** Shows the change at once; a refusal puts the page back and says so. */
  const act = useMutation({
    mutationFn: ({ run }: { run: () => Promise<unknown>; change: (page: Page) => Page }) => run(),
    onMutate: async ({ change }) => {
      await queryClient.cancelQueries({ queryKey: options.queryKey });
      const before = queryClient.getQueryData(options.queryKey);
      queryClient.setQueryData(options.queryKey, (now) => now && change(now));
      return before;
    },
    onError: (error, _, before) => {
      queryClient.setQueryData(options.queryKey, before);
      toasts.error(error.message);
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: trpc.notifications.pathKey() }),
  });

  const mark = (item: Notification) =>
    act.mutate({
      run: () => client.notifications.mark.mutate({ id: item.id, isRead: !item.isRead }),
      change: (now) => ({
        ...now,
        items: now.items.map((one) => (one.id === item.id ? { ...one, isRead: !item.isRead } : one)),
      }),
    });
  const remove = (item: Notification) =>
    act.mutate({
      run: () => client.notifications.delete.mutate({ id: item.id }),
      change: (now) => ({ ...now, items: now.items.filter(({ id }) => id !== item.id) }),
    });
  const readAll = () =>
    act.mutate({
      run: () => client.notifications.markAllRead.mutate({}),
      change: (now) => ({ ...now, unread: 0, items: now.items.map((one) => ({ ...one, isRead: true })) }),
    });

  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <ButtonLink
          href="/notifications"
          size="small"
          aria-current={unreadOnly ? undefined : "true"}
          className={unreadOnly ? "" : chosen}
        >
          {pageText.all(page.total)}
        </ButtonLink>
        <ButtonLink
          href="/notifications?unread=1"
          size="small"
          aria-current={unreadOnly ? "true" : undefined}
          className={unreadOnly ? chosen : ""}
        >
          {pageText.onlyUnread(page.unread)}
        </ButtonLink>
        {page.unread > 0 && (
          <form
            method="post"
            action="/api/forms/notifications.markAllRead"
            className="ml-auto"
            onSubmit={(event) => {
              event.preventDefault();
              readAll();
            }}
          >
            <Fields values={{}} />
            <Button type="submit" variant="ghost" size="small" icon={<Check aria-hidden="true" className="size-4" />}>
              {pageText.markAllRead}
            </Button>
          </form>
        )}
      </div>
      {page.items.length === 0 ? (
        <EmptyState title={unreadOnly ? pageText.allRead : pageText.empty}>{pageText.emptyText}</EmptyState>
      ) : (
        <ul>
          {page.items.map((item) => (
            <Row
              key={item.id}
              item={item}
              assistant={names.find(({ id }) => id === item.grantId)}
              where={where}
              onMark={mark}
              onDelete={remove}
            />
          ))}
        </ul>
      )}
      {page.nextCursor && (
        <ButtonLink
          href={`/notifications?${new URLSearchParams({ ...(unreadOnly ? { unread: "1" } : {}), cursor: page.nextCursor })}`}
          className="mt-4"
        >
          {pageText.older}
        </ButtonLink>
      )}
    </>
  );
}
