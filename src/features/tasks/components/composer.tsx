"use client";

import { clsx } from "clsx";
import { Plus } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useRef, useState } from "react";
import { Button } from "#ui/button.tsx";
import { FieldError } from "#ui/field.tsx";
import { Kbd } from "#ui/kbd.tsx";
import { messages } from "../messages.ts";
import { parseTags } from "./act.ts";
import { ComposerControls } from "./composer-controls.tsx";
import { type Draft, useCreateTask } from "./use-create-task.tsx";

type ComposerProps = Readonly<{
  returnTo: string;
  /** The day that a task added here gets unless another is chosen, such as today on Today. */
  day?: string | undefined;
  /** In a dialog: open from the start, and done once a task is added. */
  onDone?: (() => void) | undefined;
  /** What the server said about a form sent without script, by field. */
  errors?: Readonly<Record<string, string>> | undefined;
  values?: Readonly<Record<string, string>> | undefined;
  /** Takes a refused task that came back after this form had closed. */
  onRefused?: ((values: Values, errors: Values) => void) | undefined;
}>;

export type Values = Readonly<Record<string, string>>;

const text = (form: FormData, name: string) => String(form.get(name) ?? "").trim();

/** The form's fields as the capability takes them. */
function read(form: FormData): Draft {
  const [dueDate, dueTime, estimate] = [text(form, "dueDate"), text(form, "dueTime"), text(form, "estimateMinutes")];
  return {
    title: text(form, "title"),
    priority: Number(text(form, "priority") || 3),
    dueDate: dueDate || null,
    ...(dueTime ? { dueTime } : {}),
    estimateMinutes: estimate ? Number(estimate) : null,
    tags: parseTags(text(form, "tags")),
  };
}

/** The same the other way round. */
const valuesOf = (draft: Draft): Values => ({
  title: draft.title,
  priority: String(draft.priority),
  dueDate: draft.dueDate ?? "",
  dueTime: draft.dueTime ?? "",
  estimateMinutes: String(draft.estimateMinutes ?? ""),
  tags: draft.tags.join(", "),
});

/** Adds a task: one line, and what else matters below it once one writes. Without script it is a plain form. */
export function Composer({ returnTo, day, onDone, errors, values, onRefused }: ComposerProps) {
  const form = useRef<HTMLFormElement>(null);
  const [isOpen, setOpen] = useState(onDone !== undefined || values !== undefined);
  const [refused, setRefused] = useState(errors ?? {});
  const create = useCreateTask({
    onFailed(draft, fields) {
      if (!form.current) {
        onRefused?.(valuesOf(draft), fields);
        return onRefused !== undefined;
      }
      const { elements } = form.current;
      const title = elements.namedItem("title");
      // Whatever was typed since stays; what was refused comes back only into an empty form.
      if (!(title instanceof HTMLInputElement) || title.value !== "") return false;
      setRefused(fields);
      setOpen(true);
      for (const [name, value] of Object.entries(valuesOf(draft))) {
        const control = elements.namedItem(name);
        if (control instanceof HTMLInputElement || control instanceof HTMLSelectElement) control.value = value;
      }
      return true;
    },
  });

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const element = event.currentTarget;
    const draft = read(new FormData(element));
    const title = element.elements.namedItem("title");
    if (!draft.title || !(title instanceof HTMLInputElement)) return;
    setRefused({});
    create(draft);
    element.reset();
    if (onDone) onDone();
    else title.focus();
  };

  const onKeyDown = (event: KeyboardEvent<HTMLFormElement>) => {
    if (event.key !== "Escape" || onDone) return;
    setOpen(false);
    if (event.target instanceof HTMLElement) event.target.blur();
  };

  return (
    <form
      ref={form}
      action="/api/forms/tasks.create"
      method="post"
      aria-label={messages.composer.label}
      onSubmit={submit}
      onKeyDown={onKeyDown}
      onFocus={() => setOpen(true)}
      data-open={isOpen ? "" : undefined}
      className={clsx(
        "group/composer relative",
        onDone
          ? ""
          : "mb-2.5 rounded-xl border border-border bg-card px-3.5 transition-[border-color,box-shadow] duration-(--fast) focus-within:border-control focus-within:bg-popover focus-within:shadow-md has-[[name=title]:focus-visible]:outline-2 has-[[name=title]:focus-visible]:outline-ring data-open:border-control data-open:bg-popover data-open:shadow-md max-md:-mx-1",
      )}
    >
      <input type="hidden" name="returnTo" value={returnTo} />
      <div className="flex items-center gap-2.5">
        {!onDone && <Plus aria-hidden="true" className="size-4 text-primary" />}
        <input
          name="title"
          required
          maxLength={200}
          autoComplete="off"
          data-autofocus={onDone ? "" : undefined}
          data-composer={onDone ? undefined : ""}
          defaultValue={values?.title}
          aria-label={messages.composer.title}
          aria-invalid={refused.title ? true : undefined}
          aria-describedby={refused.title ? "composer-title-error" : undefined}
          placeholder={messages.composer.placeholder}
          className={clsx(
            "h-11 w-full min-w-0 bg-transparent text-16 text-ellipsis group-data-open/composer:h-12",
            // On the page the frame carries the ring.
            onDone ? "rounded-sm" : "outline-none",
          )}
        />
      </div>
      {refused.title && <FieldError id="composer-title-error">{refused.title}</FieldError>}
      {/* Before script arrives, focus alone opens the controls, and with script they stay open. */}
      <div className="hidden border-t border-border py-2 group-focus-within/composer:block group-data-open/composer:block">
        <ComposerControls day={day} values={values} errors={refused} />
        <div className="mt-2 flex items-center justify-end gap-3">
          {!onDone && (
            <span className="text-12 text-faint max-md:hidden pointer-coarse:hidden">
              <Kbd>↵</Kbd> {messages.composer.staysOpen}
            </span>
          )}
          <Button type="submit" variant="primary" size="small">
            {messages.acts.add}
          </Button>
        </div>
      </div>
    </form>
  );
}
