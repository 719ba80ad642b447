"use client";

import { Button } from "#ui/button.tsx";
import { ago, midSentence } from "#ui/format.ts";
import { Notice } from "#ui/notice.tsx";
import { priorityWord } from "#ui/priority-glyph.tsx";
import { useWhere } from "#ui/where.tsx";
import { messages } from "../messages.ts";
import type { FieldName, Fields } from "./fields.ts";
import type { TaskForm } from "./use-task-form.tsx";

const label = (name: FieldName) =>
  name === "dueTime" ? messages.fields.dueTime : messages.fields.names[name === "dueDate" ? "due" : name];
const shown = (name: FieldName, fields: Fields) =>
  (name === "priority" ? priorityWord(Number(fields.priority)) : fields[name]) || messages.fields.none;

/** Two people changed the same task: says so, keeps what was typed, and puts both versions side by side. */
export function ConflictNotice({ form }: Readonly<{ form: TaskForm }>) {
  const where = useWhere();
  if (!form.conflict) return null;
  const { fields, theirs } = form.conflict;
  return (
    <Notice tone="warn" className="mb-4">
      <p className="text-foreground">{messages.detail.conflict(midSentence(ago(form.task.updatedAt, where)))}</p>
      <details className="mt-1">
        <summary className="link inline-block py-1">{messages.detail.compare}</summary>
        <table className="num mt-1 w-full table-fixed text-left align-top">
          <thead>
            <tr>
              <th className="w-20 font-normal" scope="col">
                <span className="sr-only">{messages.detail.compare}</span>
              </th>
              <th scope="col">{messages.detail.mine}</th>
              <th scope="col">{messages.detail.theirs}</th>
            </tr>
          </thead>
          <tbody>
            {fields.map((name) => (
              <tr key={name} className="border-t border-border align-top">
                <th scope="row" className="py-1 pr-2 font-normal text-muted-foreground">
                  {label(name)}
                </th>
                <td className="py-1 pr-3 wrap-anywhere">{shown(name, form.fields)}</td>
                <td className="py-1 wrap-anywhere">{shown(name, theirs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
      <div className="mt-2 flex flex-wrap gap-2">
        <Button size="small" busy={form.isSaving} onClick={form.keepMine}>
          {messages.detail.keepMine}
        </Button>
        <Button size="small" onClick={form.reset}>
          {messages.detail.takeTheirs}
        </Button>
      </div>
    </Notice>
  );
}
