"use client";

import { clsx } from "clsx";
import { FieldError } from "#ui/field.tsx";
import { messages } from "../messages.ts";
import { taskFormId } from "./fields.ts";
import type { TaskForm } from "./use-task-form.tsx";

/** The title as the page's headline, to be written over. It belongs to the form below by its id, so it works without script too. */
export function TitleField({ form, isDone }: Readonly<{ form: TaskForm; isDone: boolean }>) {
  const error = form.errors.title;
  return (
    <div className="min-w-0 flex-1">
      <textarea
        form={taskFormId}
        name="title"
        rows={1}
        required
        maxLength={200}
        autoComplete="off"
        aria-label={messages.fields.title}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? "title-error" : undefined}
        value={form.fields.title}
        // A title is one line, however long: what is pasted loses its breaks, and Enter saves.
        onChange={(event) => form.set("title", event.target.value.replace(/\s*\n\s*/g, " "))}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
          event.preventDefault();
          form.save();
        }}
        className={clsx(
          "-mx-2 -my-1 block field-sizing-content w-[calc(100%+16px)] resize-none rounded-md bg-transparent px-2 py-1 text-21 font-heavy tracking-page wrap-anywhere transition-colors duration-(--fast)",
          "hover:bg-accent focus-visible:bg-card focus-visible:outline-offset-0",
          isDone && "text-faint line-through decoration-1",
        )}
      />
      {error && <FieldError id="title-error">{error}</FieldError>}
    </div>
  );
}
