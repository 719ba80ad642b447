import { clsx } from "clsx";
import { Undo2 } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import { Avatar, assistantColour } from "#ui/avatar.tsx";
import { Button } from "#ui/button.tsx";
import { timeOfDay, type Where } from "#ui/format.ts";
import { messages } from "../messages.ts";
import type { ChangeEntry, TimelineEntry } from "../schema.ts";
import { deedOf } from "./deed.ts";

/** Who an entry says acted. */
function nameOf(entry: TimelineEntry): string {
  if (entry.kind !== "change") return entry.clientName;
  if (entry.actor === "person") return messages.you;
  if (entry.actor === "assistant") return entry.clientName ?? messages.assistant;
  return entry.actor === "key" ? messages.key : messages.system;
}

function Mark({ entry, me }: Readonly<{ entry: TimelineEntry; me: string }>) {
  const place = "mt-px max-md:row-span-2";
  if (entry.kind !== "change" || entry.actor === "assistant")
    return <Avatar kind="assistant" name={nameOf(entry)} colour={assistantColour(entry.color)} className={place} />;
  if (entry.actor === "person") return <Avatar kind="person" name={me} className={place} />;
  return <Avatar kind="system" className={place} />;
}

/** What happened as one sentence; the thing it happened to stands out. */
function Sentence({ entry, where }: Readonly<{ entry: TimelineEntry; where: Where }>) {
  const who = nameOf(entry);
  if (entry.kind === "read")
    return entry.tasks === 0 ? (
      <>
        {who} {messages.readNothing}, {messages.calls(entry.calls)}
      </>
    ) : (
      <>
        {who} {messages.read} <b>{messages.tasks(entry.tasks)}</b>, {messages.calls(entry.calls)}
      </>
    );
  if (entry.kind === "refusal")
    return (
      <>
        {who} {messages.refused(messages.why(entry.capability, entry.code))}
      </>
    );
  const { before, object, after, result } = deedOf(entry, where);
  const through = messages.through[entry.actor];
  return (
    <Fragment>
      {who} {before} <b>{object}</b>
      {after.startsWith("’") ? after : after && ` ${after}`}
      {result && (
        <>
          {" "}
          <b>{result}</b>
        </>
      )}
      {through && <span className="text-13 text-faint"> {through}</span>}
    </Fragment>
  );
}

type UndoFormProps = Readonly<{
  entry: ChangeEntry;
  returnTo: string;
  busy: boolean;
  variant?: "ghost" | "secondary";
  onUndo: (id: string) => void;
}>;

/** Undo of one operation: with script through `onUndo`, without it as a plain form. */
export function UndoForm({ entry, returnTo, busy, variant = "ghost", onUndo }: UndoFormProps) {
  return (
    <form
      method="post"
      action="/api/forms/operations.undo"
      onSubmit={(event) => {
        event.preventDefault();
        onUndo(entry.id);
      }}
    >
      <input type="hidden" name="id" value={entry.id} />
      <input type="hidden" name="returnTo" value={returnTo} />
      <Button
        type="submit"
        variant={variant}
        size="small"
        busy={busy}
        icon={<Undo2 aria-hidden="true" className="size-4" />}
        aria-label={messages.undoOf(entry.subject)}
      >
        {messages.undo}
      </Button>
    </form>
  );
}

/** How an entry that cannot be undone stands: undone already, read, refused; null when it can be. */
export function standingOf(entry: TimelineEntry, where: Where): string | null {
  if (entry.kind === "read") return messages.readLabel;
  if (entry.kind === "refusal") return messages.refusedLabel;
  if (entry.status === "done") return null;
  const at = entry.undoneAt ? timeOfDay(entry.undoneAt, where) : null;
  return entry.status === "undone" ? messages.undone(at) : messages.partlyUndone(at);
}

type ActivityRowProps = Readonly<{
  entry: TimelineEntry;
  me: string;
  where: Where;
  returnTo: string;
  busy: boolean;
  onUndo: (id: string) => void;
}>;

/** One thing that happened: when, who, what, why, and its undo. */
export function ActivityRow({ entry, me, where, returnTo, busy, onUndo }: ActivityRowProps) {
  const standing = standingOf(entry, where);
  const isUndone = entry.kind === "change" && standing !== null;
  const below: ReactNode =
    entry.kind === "refusal"
      ? messages.refusedHint
      : entry.kind === "change" && entry.reason && messages.reason(entry.reason);
  return (
    <li className="grid grid-cols-[44px_18px_minmax(0,1fr)_auto] items-start gap-x-3 border-b border-border py-2.5 last:border-b-0 max-md:grid-cols-[18px_minmax(0,1fr)_auto]">
      <time
        dateTime={entry.createdAt}
        className="num text-13 text-muted-foreground max-md:col-start-3 max-md:row-start-1 max-md:justify-self-end"
      >
        {timeOfDay(entry.createdAt, where)}
      </time>
      <Mark entry={entry} me={me} />
      <div className="min-w-0 max-md:col-start-2 max-md:row-span-2 max-md:row-start-1">
        <p
          className={clsx(
            "wrap-anywhere",
            isUndone && "text-faint line-through",
            entry.kind === "refusal" && "text-destructive",
          )}
        >
          <Sentence entry={entry} where={where} />
        </p>
        {below && <p className="text-13 text-muted-foreground wrap-anywhere">{below}</p>}
      </div>
      <div className="max-md:col-start-3 max-md:row-start-2 max-md:justify-self-end">
        {standing !== null || entry.kind !== "change" ? (
          <span className="num text-12 font-strong text-muted-foreground">{standing}</span>
        ) : (
          <div className="-my-1 -mr-1.25 max-md:mt-0 max-md:-mr-2.5">
            <UndoForm entry={entry} returnTo={returnTo} busy={busy} onUndo={onUndo} />
          </div>
        )}
      </div>
    </li>
  );
}
