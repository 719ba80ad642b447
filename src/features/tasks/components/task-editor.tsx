"use client";

import { ChevronRight, CirclePlay, Clock, RotateCcw, Trash2 } from "lucide-react";
import { useEffect, useRef } from "react";
import { addDays, dayIn } from "#core/clock.ts";
import { Button } from "#ui/button.tsx";
import { Check } from "#ui/check.tsx";
import { Chip } from "#ui/chip.tsx";
import { ago, midSentence, relativeInstant, shortDay } from "#ui/format.ts";
import { Notice } from "#ui/notice.tsx";
import { useHydrated } from "#ui/use-hydrated.ts";
import { useShortcuts } from "#ui/use-shortcuts.ts";
import { useWhere } from "#ui/where.tsx";
import { messages } from "../messages.ts";
import type { Task } from "../schema.ts";
import { type Act, isSnoozed, trashDays } from "./act.ts";
import { ConflictNotice } from "./conflict-notice.tsx";
import { RefreshNotice } from "./refresh-notice.tsx";
import { SnoozeForm } from "./snooze-form.tsx";
import { TaskFields } from "./task-fields.tsx";
import { TitleField } from "./title-field.tsx";
import { useTaskActs } from "./use-task-acts.tsx";
import { useTaskForm } from "./use-task-form.tsx";

type TaskEditorProps = Readonly<{
  initial: Task;
  /** What the server said to the form without script. */
  errors?: Readonly<Record<string, string>> | undefined;
  values?: Readonly<Record<string, string>> | undefined;
}>;

/** Opens a part of the page and puts the focus into it. */
function openDetails(details: HTMLDetailsElement | null) {
  if (!details) return;
  details.open = true;
  details.querySelector("button")?.focus();
}

/** One task with everything that can be done to it. */
export function TaskEditor({ initial, errors, values }: TaskEditorProps) {
  const form = useTaskForm(initial, { errors, values });
  const act = useTaskActs();
  const where = useWhere();
  const isHydrated = useHydrated();
  const snooze = useRef<HTMLDetailsElement>(null);
  const { task } = form;
  const returnTo = `/tasks/${task.id}`;
  const isDone = task.status === "completed";
  const verb = isDone ? "reopen" : "complete";

  useEffect(() => {
    // Sent here by a menu's "Pick a time" or "Pick a date".
    if (location.hash === "#snooze") openDetails(snooze.current);
    if (location.hash === "#due") document.getElementById("due")?.focus();
  }, []);
  const isInTrash = task.deletedAt !== null;
  useShortcuts({
    e: () => !isInTrash && act({ kind: verb, task }),
    s: () => !isInTrash && openDetails(snooze.current),
    Delete: () => !isInTrash && act({ kind: "delete", task }),
  });

  if (task.deletedAt) {
    const until = shortDay(addDays(dayIn(where.zone, new Date(task.deletedAt)), trashDays), where);
    return (
      <>
        <h1 className="mb-3 text-21 font-heavy tracking-page wrap-anywhere">{task.title}</h1>
        <Notice action={<PlainAct verb="restore" task={task} returnTo={returnTo} onAct={act} />}>
          {messages.detail.inTrash(until)}
        </Notice>
        {task.description && (
          <p className="mt-4 max-w-[65ch] whitespace-pre-wrap text-muted-foreground">{task.description}</p>
        )}
      </>
    );
  }
  return (
    <>
      <div className="mb-4 flex items-start gap-3">
        <form
          action={`/api/forms/tasks.${verb}`}
          method="post"
          className="pt-1.25"
          onSubmit={(event) => {
            event.preventDefault();
            act({ kind: verb, task });
          }}
        >
          <input type="hidden" name="id" value={task.id} />
          <input type="hidden" name="returnTo" value={returnTo} />
          <Check checked={isDone} label={messages.row[verb](task.title)} />
        </form>
        <h1 className="sr-only">{task.title}</h1>
        <TitleField form={form} isDone={isDone} />
      </div>
      <ConflictNotice form={form} />
      <RefreshNotice query={form.query} />
      <div className="mb-6 flex flex-wrap items-center gap-2">
        {isSnoozed(task, where.now) && task.snoozedUntil && (
          <Chip icon={<Clock aria-hidden="true" />}>
            {messages.row.snoozedUntil(midSentence(relativeInstant(task.snoozedUntil, where, true)))}
          </Chip>
        )}
        {task.status === "in_progress" && <Chip tone="accent">{messages.row.inProgress}</Chip>}
        {isDone && task.completedAt && (
          <Chip tone="success">{messages.detail.completed(midSentence(ago(task.completedAt, where)))}</Chip>
        )}
        {task.status === "pending" && isHydrated && (
          <Button
            size="small"
            icon={<CirclePlay aria-hidden="true" className="size-4" />}
            onClick={() => act({ kind: "start", task })}
          >
            {messages.acts.start}
          </Button>
        )}
        {task.status === "in_progress" && isHydrated && (
          <Button
            size="small"
            icon={<RotateCcw aria-hidden="true" className="size-4" />}
            onClick={() => act({ kind: "stop", task })}
          >
            {messages.acts.stop}
          </Button>
        )}
        <PlainAct verb="delete" task={task} returnTo={returnTo} onAct={act} />
      </div>
      <TaskFields form={form} returnTo={returnTo} />
      {!isDone && (
        <details ref={snooze} id="snooze" className="group/snooze mt-7 border-t border-border pt-4">
          <summary className="hit inline-flex items-center gap-2 rounded-sm py-1 font-strong">
            <Clock aria-hidden="true" className="size-4 text-muted-foreground" />
            {messages.acts.snooze}
            <ChevronRight aria-hidden="true" className="size-4 text-faint group-open/snooze:rotate-90" />
          </summary>
          <div className="pt-3">
            <SnoozeForm task={task} returnTo={returnTo} onAct={act} />
          </div>
        </details>
      )}
      <p className="num mt-7 border-t border-border pt-4 text-13 text-faint">
        {messages.detail.created(midSentence(relativeInstant(task.createdAt, where)))} ·{" "}
        {messages.detail.changed(midSentence(ago(task.updatedAt, where)))}
      </p>
    </>
  );
}

type PlainActProps = Readonly<{ verb: "delete" | "restore"; task: Task; returnTo: string; onAct: (act: Act) => void }>;

/** A button that is a form of its own, so that it works without script. */
function PlainAct({ verb, task, returnTo, onAct }: PlainActProps) {
  const isDelete = verb === "delete";
  const icon = isDelete ? (
    <Trash2 aria-hidden="true" className="size-4" />
  ) : (
    <RotateCcw aria-hidden="true" className="size-4" />
  );
  return (
    <form
      action={`/api/forms/tasks.${verb}`}
      method="post"
      onSubmit={(event) => {
        event.preventDefault();
        onAct({ kind: verb, task });
      }}
    >
      <input type="hidden" name="id" value={task.id} />
      <input type="hidden" name="returnTo" value={returnTo} />
      <Button type="submit" size="small" variant={isDelete ? "danger" : "secondary"} icon={icon}>
        {isDelete ? messages.acts.trash : messages.acts.restore}
      </Button>
    </form>
  );
}
