"use client";

import { Button } from "#ui/button.tsx";
import { Field } from "#ui/field.tsx";
import { Input, Select, Textarea } from "#ui/input.tsx";
import { Kbd } from "#ui/kbd.tsx";
import { Meter } from "#ui/meter.tsx";
import { Notice } from "#ui/notice.tsx";
import { priorityWord } from "#ui/priority-glyph.tsx";
import { useHydrated } from "#ui/use-hydrated.ts";
import { messages } from "../messages.ts";
import { type FieldName, taskFormId } from "./fields.ts";
import type { TaskForm } from "./use-task-form.tsx";

const priorities = [5, 4, 3, 2, 1];

/** The most the notes may have (tasks/schema.ts, which stays out of the browser with the library it needs). */
const notesMax = 2000;

/** How much room is left in the notes, once that matters. */
function Room({ used }: Readonly<{ used: number }>) {
  return (
    <span className="num flex items-center gap-2.5">
      <Meter value={used} max={notesMax} className="w-24" />
      {messages.fields.left(notesMax - used)}
    </span>
  );
}

/** Every field of a task. A plain form without script; with it, it saves in place and keeps errors beside their fields. */
export function TaskFields({ form, returnTo }: Readonly<{ form: TaskForm; returnTo: string }>) {
  const isHydrated = useHydrated();
  const { fields, errors, task } = form;
  const words = messages.fields;
  const bind = (name: FieldName) => ({
    name,
    value: fields[name],
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>) =>
      form.set(name, event.target.value),
  });
  return (
    <form
      id={taskFormId}
      action="/api/forms/tasks.update"
      method="post"
      noValidate={isHydrated}
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        form.save();
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.save();
      }}
    >
      <input type="hidden" name="id" value={task.id} />
      <input type="hidden" name="version" value={task.version} />
      <input type="hidden" name="returnTo" value={returnTo} />
      {/* Clears a time of day when the day is cleared. */}
      <input type="hidden" name="dueAt" value="" />
      <Field
        id="description"
        label={words.notes}
        error={errors.description}
        hint={fields.description.length >= notesMax * 0.8 && <Room used={fields.description.length} />}
      >
        {(control) => (
          <Textarea {...control} {...bind("description")} maxLength={notesMax} rows={4} className="max-h-[50vh]" />
        )}
      </Field>
      <div className="grid grid-cols-2 gap-4 max-[420px]:grid-cols-1 sm:grid-cols-[1fr_1fr_1fr]">
        <Field id="priority" label={words.priority} error={errors.priority}>
          {(control) => (
            <Select {...control} {...bind("priority")}>
              {priorities.map((priority) => (
                <option key={priority} value={priority}>
                  {priorityWord(priority)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field id="due" label={words.dueDate} error={errors.dueDate ?? errors.dueAt}>
          {(control) => <Input {...control} {...bind("dueDate")} type="date" className="num" />}
        </Field>
        <Field id="dueTime" label={words.dueTime} error={errors.dueTime}>
          {(control) => <Input {...control} {...bind("dueTime")} type="time" className="num" />}
        </Field>
      </div>
      <div className="grid gap-4 sm:grid-cols-[1fr_2fr]">
        <Field id="estimateMinutes" label={words.estimate} hint={words.estimateHint} error={errors.estimateMinutes}>
          {(control) => (
            <Input
              {...control}
              {...bind("estimateMinutes")}
              type="number"
              inputMode="numeric"
              min={1}
              max={480}
              className="num"
            />
          )}
        </Field>
        <Field id="tags" label={words.tags} hint={words.tagsHint} error={errors.tags}>
          {(control) => <Input {...control} {...bind("tags")} maxLength={600} autoComplete="off" />}
        </Field>
      </div>
      {form.problem && (
        <Notice
          tone="danger"
          action={
            <Button size="small" onClick={form.save}>
              {messages.acts.tryAgain}
            </Button>
          }
        >
          {form.problem}
        </Notice>
      )}
      {/* Nothing to save, no button; without script nobody can tell, so it stands there. */}
      <div className="flex min-h-9 flex-wrap items-center gap-3">
        {(!isHydrated || form.isDirty || form.isSaving) && (
          <Button type="submit" variant="primary" busy={form.isSaving}>
            {messages.acts.save}
            <Kbd>Ctrl ↵</Kbd>
          </Button>
        )}
        {form.isDirty && !form.isSaving && (
          <Button variant="ghost" onClick={form.reset}>
            {messages.acts.discard}
          </Button>
        )}
        <span role="status" className="text-13 text-muted-foreground">
          {form.isDirty && !form.isSaving ? messages.detail.unsaved : ""}
        </span>
      </div>
    </form>
  );
}
