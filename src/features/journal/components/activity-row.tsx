import { Undo2 } from "lucide-react";
import { Avatar } from "#ui/avatar.tsx";
import { Button } from "#ui/button.tsx";
import { timeOfDay, type Where } from "#ui/format.ts";
import { deed, messages } from "../messages.ts";
import type { Activity } from "../schema.ts";

const actorNames = {
  assistant: "An assistant",
  key: messages.key,
  system: messages.system,
  person: messages.you,
} as const;

/** What happened as one sentence; the thing it happened to stands out. */
function Sentence({ activity }: Readonly<{ activity: Activity }>) {
  const [before, after] = deed(activity);
  const who = activity.clientId ?? actorNames[activity.actor];
  if (activity.capability.startsWith("tasks.") && activity.subjectBefore !== null)
    return (
      <>
        {who} {messages.renamed} <b>{activity.subjectBefore}</b> {messages.to} <b>{activity.subject}</b>
      </>
    );
  return (
    <>
      {who} {before} <b>{activity.subject}</b>
      {after.startsWith("’") ? after : ` ${after}`}
      {activity.changeCount > 1 &&
        activity.capability !== "operations.undo" &&
        ` ${messages.and(activity.changeCount - 1)}`}
    </>
  );
}

type ActivityRowProps = Readonly<{
  activity: Activity;
  me: string;
  where: Where;
  returnTo: string;
  busy: boolean;
  /** With script the undo goes through here; without, the form is posted. */
  onUndo: (id: string) => void;
}>;

/** One operation: when, who, what, why, and its undo. */
export function ActivityRow({ activity, me, where, returnTo, busy, onUndo }: ActivityRowProps) {
  const isUndone = activity.status !== "done";
  const at = activity.undoneAt ? timeOfDay(activity.undoneAt, where) : null;
  return (
    <li className="grid grid-cols-[44px_18px_minmax(0,1fr)_auto] items-start gap-x-3 border-b border-border py-2.5 last:border-b-0">
      <time dateTime={activity.createdAt} className="num text-13 text-muted-foreground">
        {timeOfDay(activity.createdAt, where)}
      </time>
      {activity.actor === "assistant" ? (
        <Avatar kind="assistant" name={activity.clientId ?? "A"} colour="plum" className="mt-px" />
      ) : activity.actor === "person" ? (
        <Avatar kind="person" name={me} className="mt-px" />
      ) : (
        <Avatar kind="system" className="mt-px" />
      )}
      <div className="min-w-0">
        <p className={isUndone ? "text-faint line-through wrap-anywhere" : "wrap-anywhere"}>
          <Sentence activity={activity} />
          <span className="text-13 text-faint"> {messages.through[activity.via]}</span>
        </p>
        {activity.reason && <p className="text-13 text-muted-foreground">{messages.reason(activity.reason)}</p>}
      </div>
      {isUndone ? (
        <span className="num text-12 font-strong text-muted-foreground">
          {activity.status === "undone" ? messages.undone(at) : messages.partlyUndone(at)}
        </span>
      ) : (
        <form
          method="post"
          action="/api/forms/operations.undo"
          className="-my-1"
          onSubmit={(event) => {
            event.preventDefault();
            onUndo(activity.id);
          }}
        >
          <input type="hidden" name="id" value={activity.id} />
          <input type="hidden" name="returnTo" value={returnTo} />
          <Button
            type="submit"
            variant="ghost"
            size="small"
            busy={busy}
            icon={<Undo2 aria-hidden="true" className="size-4" />}
            aria-label={messages.undoOf(activity.subject)}
          >
            {messages.undo}
          </Button>
        </form>
      )}
    </li>
  );
}
