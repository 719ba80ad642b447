"use client";

import { useState } from "react";
import { dayIn, instantAt } from "#core/clock.ts";
import { Button } from "#ui/button.tsx";
import { FieldError } from "#ui/field.tsx";
import { relativeInstant } from "#ui/format.ts";
import { Input } from "#ui/input.tsx";
import { useHydrated } from "#ui/use-hydrated.ts";
import { useWhere } from "#ui/where.tsx";
import { messages } from "../messages.ts";
import type { Task } from "../schema.ts";
import { type Act, isSnoozed, snoozePresets } from "./act.ts";

/** Snoozing on the task's own page: presets as plain forms, and any time at all with script. */
export function SnoozeForm({
  task,
  returnTo,
  onAct,
}: Readonly<{ task: Task; returnTo: string; onAct: (act: Act) => void }>) {
  const where = useWhere();
  const isHydrated = useHydrated();
  const [day, setDay] = useState("");
  const [time, setTime] = useState("09:00");
  const [isPast, setPast] = useState(false);

  const pick = () => {
    const [hours = 9, minutes = 0] = time.split(":").map(Number);
    const until = instantAt(where.zone, day || dayIn(where.zone, new Date()), hours, minutes);
    setPast(until.getTime() <= Date.now());
    if (until.getTime() > Date.now()) onAct({ kind: "snooze", task, until: until.toISOString() });
  };

  return (
    <div>
      <div className="flex flex-wrap gap-2">
        {snoozePresets(where.zone, where.now).map(({ id, until }) => (
          <form
            key={id}
            action="/api/forms/tasks.snooze"
            method="post"
            onSubmit={(event) => {
              event.preventDefault();
              onAct({ kind: "snooze", task, until });
            }}
          >
            <input type="hidden" name="id" value={task.id} />
            <input type="hidden" name="until" value={until} />
            <input type="hidden" name="returnTo" value={returnTo} />
            <Button type="submit" size="small">
              {messages.snooze[id]}
              <span className="num font-normal text-faint">{relativeInstant(until, where, true)}</span>
            </Button>
          </form>
        ))}
        {isSnoozed(task, where.now) && isHydrated && (
          <Button size="small" onClick={() => onAct({ kind: "wake", task })}>
            {messages.snooze.wake}
          </Button>
        )}
      </div>
      {isHydrated && (
        <fieldset className="mt-3">
          <legend className="mb-1.5 text-13 font-strong">{messages.snooze.until}</legend>
          <div className="flex flex-wrap gap-2">
            <Input
              type="date"
              aria-label={messages.snooze.day}
              value={day}
              onChange={(event) => setDay(event.target.value)}
              className="num w-42!"
            />
            <Input
              type="time"
              aria-label={messages.snooze.time}
              value={time}
              onChange={(event) => setTime(event.target.value)}
              className="num w-32!"
            />
            <Button onClick={pick}>{messages.acts.snooze}</Button>
          </div>
          {isPast && <FieldError>{messages.errors.snoozeInPast}</FieldError>}
        </fieldset>
      )}
    </div>
  );
}
