import { clsx } from "clsx";
import {
  Ban,
  CalendarClock,
  Check,
  Clock,
  Eye,
  type LucideIcon,
  Pencil,
  Plus,
  RotateCcw,
  Trash2,
  Undo2,
} from "lucide-react";
import type { Route } from "next";
import { dayIn } from "#core/clock.ts";
import { standingOf, UndoForm } from "#features/journal/components/activity-row.tsx";
import { byDay, deedOf, differenceOf } from "#features/journal/components/deed.ts";
import { messages as journal } from "#features/journal/messages.ts";
import type { ChangeEntry, TimelineEntry } from "#features/journal/schema.ts";
import { ButtonLink } from "#ui/button.tsx";
import { relativeDay, timeOfDay, type Where } from "#ui/format.ts";
import { messages } from "../messages.ts";
import type { AssistantDetail } from "../schema.ts";

const { receipts: words } = messages;

const icons: Readonly<Record<string, LucideIcon>> = {
  "tasks.create": Plus,
  "tasks.createMany": Plus,
  "tasks.complete": Check,
  "tasks.reopen": RotateCcw,
  "tasks.snooze": Clock,
  "tasks.delete": Trash2,
  "tasks.restore": RotateCcw,
  "operations.undo": Undo2,
};

function iconOf(entry: TimelineEntry): readonly [LucideIcon, look: string] {
  if (entry.kind === "read") return [Eye, "text-faint"];
  if (entry.kind === "refusal") return [Ban, "text-destructive"];
  const isDated = entry.changed.some((field) => field.startsWith("due_"));
  return [icons[entry.capability] ?? (isDated ? CalendarClock : Pencil), "text-primary"];
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** The entry as a sentence that begins with what was done: the page is about one assistant. */
function sentenceOf(entry: TimelineEntry, where: Where): string {
  if (entry.kind === "refusal") return `${journal.refusedLabel}: ${journal.why(entry.capability, entry.code)}`;
  if (entry.kind === "read")
    return `${entry.tasks === 0 ? capital(journal.readNothing) : `${journal.readLabel} ${journal.tasks(entry.tasks)}`}, ${journal.calls(entry.calls)}`;
  const { before, object, isTitle, after, result } = deedOf(entry, where, true);
  return [capital(before), isTitle ? `“${object}”` : object, after, result && `“${result}”`].filter(Boolean).join(" ");
}

function Difference({ entry, where }: Readonly<{ entry: ChangeEntry; where: Where }>) {
  const difference = differenceOf(entry, where);
  if (!difference) return null;
  const [before, after] = difference;
  return (
    <p className="num mt-1.25 flex flex-wrap gap-x-1.5 gap-y-1 text-13">
      <del className="rounded-[3px] bg-danger-tint px-1.25 text-destructive decoration-1">{before}</del>
      <ins className="rounded-[3px] bg-success-tint px-1.25 text-success no-underline">{after}</ins>
    </p>
  );
}

type RowProps = Readonly<{
  entry: TimelineEntry;
  where: Where;
  returnTo: string;
  busy: boolean;
  onUndo: (id: string) => void;
}>;

function Row({ entry, where, returnTo, busy, onUndo }: RowProps) {
  const [Icon, look] = iconOf(entry);
  const isChange = entry.kind === "change";
  const isUndone = isChange && entry.status !== "done";
  const below = isChange
    ? entry.reason && journal.reason(entry.reason)
    : entry.kind === "refusal" && journal.refusedHint;
  return (
    <li className="grid grid-cols-[44px_20px_minmax(0,1fr)_auto] items-start gap-x-2.5 border-t border-border py-2.75 first:border-t-0 max-md:grid-cols-[44px_minmax(0,1fr)_auto]">
      <time dateTime={entry.createdAt} className="num text-13 text-faint">
        {timeOfDay(entry.createdAt, where)}
      </time>
      <Icon aria-hidden="true" className={clsx("mx-auto mt-0.5 size-4 max-md:hidden", look)} />
      <div className="min-w-0">
        <p className={clsx("font-strong wrap-anywhere", isUndone && "text-faint line-through")}>
          {sentenceOf(entry, where)}
        </p>
        {below && <p className="text-13 text-pretty text-muted-foreground wrap-anywhere">{below}</p>}
        {isChange && !isUndone && <Difference entry={entry} where={where} />}
      </div>
      {isUndone ? (
        <span className="num text-12 font-strong text-muted-foreground">{standingOf(entry, where)}</span>
      ) : isChange ? (
        <div className="-mt-0.75">
          <UndoForm entry={entry} returnTo={returnTo} busy={busy} variant="secondary" onUndo={onUndo} />
        </div>
      ) : (
        <span />
      )}
    </li>
  );
}

type AssistantReceiptsProps = Readonly<{
  assistant: AssistantDetail;
  cursor: string | null;
  where: Where;
  busy: string | null;
  onUndo: (id: string) => void;
}>;

/** What it read, changed and was refused, with the reasons it gave, by day; each change can be undone. */
export function AssistantReceipts({ assistant, cursor, where, busy, onUndo }: AssistantReceiptsProps) {
  const { id, name, today, receipts } = assistant;
  const { items, nextCursor } = receipts;
  const current = dayIn(where.zone, new Date(where.now));
  const path = (to: string | null) =>
    (to ? `/assistants/${id}?cursor=${encodeURIComponent(to)}` : `/assistants/${id}`) as Route;
  const hasToday = today.read + today.changed + today.refused > 0;
  if (items.length === 0 && !cursor)
    return (
      <section aria-labelledby="receipts">
        <h2 id="receipts" className="text-15 font-semibold tracking-row">
          {assistant.endedAt ? words.noneEnded : words.none}
        </h2>
        <p className="mt-1 max-w-[60ch] text-pretty text-muted-foreground">
          {assistant.endedAt ? words.noneEndedText(name) : words.noneText(name)}
        </p>
      </section>
    );
  return (
    <>
      {byDay(items, where).map(([day, entries]) => (
        <section key={day} aria-labelledby={`day-${day}`} className="mb-7">
          <div className="flex items-baseline gap-3 border-b border-border pb-1">
            <h2 id={`day-${day}`} className="text-15 font-semibold tracking-row">
              {day === current ? words.today : relativeDay(day, where)}
            </h2>
            {day === current && hasToday && (
              <span className="num ml-auto text-right text-13 text-faint">
                {words.figures(today.read, today.changed, today.refused)}
              </span>
            )}
          </div>
          <ul>
            {entries.map((entry) => (
              <Row
                key={`${entry.kind} ${entry.id}`}
                entry={entry}
                where={where}
                returnTo={path(cursor)}
                busy={busy === entry.id}
                onUndo={onUndo}
              />
            ))}
          </ul>
        </section>
      ))}
      <div className="flex gap-2">
        {cursor && <ButtonLink href={path(null)}>{words.newest}</ButtonLink>}
        {nextCursor && <ButtonLink href={path(nextCursor)}>{words.older}</ButtonLink>}
      </div>
    </>
  );
}
