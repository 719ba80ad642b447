"use client";
import { useQuery } from "@tanstack/react-query";
import { ListFilter, Undo2 } from "lucide-react";
import type { Route } from "next";
import type { ReactNode } from "react";
import { useTRPC } from "#core/trpc.ts";
import { Avatar, assistantColour } from "#ui/avatar.tsx";
import { Button, ButtonLink } from "#ui/button.tsx";
import { EmptyState } from "#ui/empty-state.tsx";
import { relativeDay, type Where } from "#ui/format.ts";
import { Notice } from "#ui/notice.tsx";
import { useWhere } from "#ui/where.tsx";
import { messages } from "../messages.ts";
import type { Timeline, TimelineEntry, UndoPreview } from "../schema.ts";
import { type ActivityFilter, activityPath } from "./activity-path.ts";
import { ActivityRow } from "./activity-row.tsx";
import { byDay } from "./deed.ts";
import { useUndo } from "./use-undo.ts";

type Name = Readonly<{ id: string; name: string; color: number }>;
/** The filter that is on: the page's text colour as its ground. */
const chosen = "bg-foreground! text-background! hover:bg-foreground!";

function Choice({
  href,
  isOn,
  icon,
  children,
}: Readonly<{ href: Route; isOn: boolean; icon?: ReactNode; children: ReactNode }>) {
  return (
    <ButtonLink
      href={href}
      size="small"
      icon={icon}
      prefetch={false}
      aria-current={isOn ? "true" : undefined}
      className={isOn ? chosen : "shadow-none!"}
    >
      {children}
    </ButtonLink>
  );
}

type FiltersProps = Readonly<{ filter: ActivityFilter; names: readonly Name[]; me: string }>;

/** Whose acts are listed, and whether only changes are. Links, so that they work without script and have an address. */
function Filters({ filter, names, me }: FiltersProps) {
  const { who, changesOnly } = filter;
  const to = (one: Partial<ActivityFilter>) => activityPath({ who, changesOnly, ...one, cursor: null });
  return (
    <nav
      aria-label={messages.filter.label}
      className="mb-6 flex flex-wrap gap-1.5 max-md:-mx-4 max-md:scrollbar-none max-md:flex-nowrap max-md:overflow-x-auto max-md:px-4 max-md:py-1.5"
    >
      <Choice href={to({ who: "everyone" })} isOn={who === "everyone"}>
        {messages.filter.everyone}
      </Choice>
      <Choice href={to({ who: "me" })} isOn={who === "me"} icon={<Avatar kind="person" name={me} />}>
        {messages.filter.me}
      </Choice>
      {names.map(({ id, name, color }) => (
        <Choice
          key={id}
          href={to({ who: id })}
          isOn={who === id}
          icon={<Avatar kind="assistant" name={name} colour={assistantColour(color)} />}
        >
          <span className="max-w-40 truncate">{name}</span>
        </Choice>
      ))}
      <Choice
        href={to({ changesOnly: !changesOnly })}
        isOn={changesOnly}
        icon={<ListFilter aria-hidden="true" className="size-4" />}
      >
        {messages.filter.changesOnly}
      </Choice>
    </nav>
  );
}

type UndoTodayProps = Readonly<{
  assistant: Name;
  initial: UndoPreview;
  returnTo: string;
  busy: boolean;
  onUndo: () => void;
}>;

/** Everything the chosen assistant did today, with one press. */
function UndoToday({ assistant, initial, returnTo, busy, onUndo }: UndoTodayProps) {
  const trpc = useTRPC();
  const input = { id: assistant.id, since: "today" } as const;
  const { data = initial } = useQuery(trpc.assistants.undoPreview.queryOptions(input, { initialData: initial }));
  if (data.undone === 0) return null;
  return (
    <Notice
      className="mb-6 max-md:flex-wrap"
      action={
        <form
          method="post"
          action="/api/forms/assistants.undo"
          onSubmit={(event) => {
            event.preventDefault();
            onUndo();
          }}
        >
          <input type="hidden" name="id" value={assistant.id} />
          <input type="hidden" name="since" value="today" />
          <input type="hidden" name="returnTo" value={returnTo} />
          <Button type="submit" size="small" busy={busy} icon={<Undo2 aria-hidden="true" className="size-4" />}>
            {messages.undoToday.button(data.undone)}
          </Button>
        </form>
      }
    >
      {messages.undoToday.lead(assistant.name, data.changed)}
      {data.skipped.length > 0 && ` ${messages.undoToday.stays(data.skipped.length)}`}
    </Notice>
  );
}

const countOf = (items: readonly TimelineEntry[]) => {
  const changes = items.filter((item) => item.kind === "change");
  const undone = changes.filter(({ status }) => status !== "done").length;
  return messages.changes(changes.length, undone, items.filter(({ kind }) => kind === "refusal").length);
};

type ActivityListProps = Readonly<{
  initial: Timeline;
  filter: ActivityFilter;
  /** Assistants to choose from, and what the chosen one's acts of today would be undone to. */
  names: readonly Name[];
  preview: UndoPreview | null;
  me: string;
}>;

/** What happened by day, newest first, up to date by itself; each change can be undone. */
export function ActivityList({ initial, filter, names, preview, me }: ActivityListProps) {
  const trpc = useTRPC();
  const where = useWhere();
  const { undo, busy } = useUndo();
  const { who, changesOnly, cursor } = filter;
  const input = { who, changesOnly, ...(cursor ? { cursor } : {}) };
  const { data: page = initial, isError } = useQuery(
    trpc.activity.timeline.queryOptions(input, { initialData: initial }),
  );
  const returnTo = activityPath(filter);
  const assistant = names.find(({ id }) => id === who);
  const isFiltered = who !== "everyone" || changesOnly || cursor !== null;
  return (
    <>
      <Filters filter={filter} names={names} me={me} />
      {isError && (
        <Notice tone="warn" className="mb-4">
          {messages.stale}
        </Notice>
      )}
      {assistant && preview && !cursor && (
        <UndoToday
          key={who}
          assistant={assistant}
          initial={preview}
          returnTo={returnTo}
          busy={busy === who}
          onUndo={() => undo({ id: who, since: "today" })}
        />
      )}
      {page.items.length === 0 ? (
        <Empty isFiltered={isFiltered} />
      ) : (
        <Days items={page.items} where={where} me={me} returnTo={returnTo} busy={busy} onUndo={(id) => undo({ id })} />
      )}
      <div className="flex gap-2">
        {cursor && <ButtonLink href={activityPath({ ...filter, cursor: null })}>{messages.newest}</ButtonLink>}
        {page.nextCursor && (
          <ButtonLink href={activityPath({ ...filter, cursor: page.nextCursor })}>{messages.older}</ButtonLink>
        )}
      </div>
    </>
  );
}

function Empty({ isFiltered }: Readonly<{ isFiltered: boolean }>) {
  return isFiltered ? (
    <EmptyState title={messages.noMatch} action={<ButtonLink href="/activity">{messages.noMatchAction}</ButtonLink>}>
      {messages.noMatchText}
    </EmptyState>
  ) : (
    <EmptyState title={messages.empty} action={<ButtonLink href="/inbox">{messages.emptyAction}</ButtonLink>}>
      {messages.emptyText}
    </EmptyState>
  );
}

type DaysProps = Readonly<{
  items: readonly TimelineEntry[];
  where: Where;
  me: string;
  returnTo: string;
  busy: string | null;
  onUndo: (id: string) => void;
}>;

function Days({ items, where, me, returnTo, busy, onUndo }: DaysProps) {
  return byDay(items, where).map(([day, entries]) => (
    <section key={day} aria-labelledby={`day-${day}`} className="mb-6">
      <div className="flex items-baseline border-b border-border pb-1.5 text-13">
        <h2 id={`day-${day}`} className="font-semibold">
          {relativeDay(day, where)}
        </h2>
        <span className="num ml-auto text-12 text-faint">{countOf(entries)}</span>
      </div>
      <ul>
        {entries.map((entry) => (
          <ActivityRow
            key={`${entry.kind} ${entry.id}`}
            entry={entry}
            me={me}
            where={where}
            returnTo={returnTo}
            busy={busy === entry.id}
            onUndo={onUndo}
          />
        ))}
      </ul>
    </section>
  ));
}
