"use client";

import { CalendarClock, Clock, Sun } from "lucide-react";
import { dayIn } from "#core/clock.ts";
import { shortDay, timeOfDay } from "#ui/format.ts";
import { Menu, MenuItem, MenuLabel, MenuLine } from "#ui/menu.tsx";
import { useWhere } from "#ui/where.tsx";
import { messages } from "../messages.ts";
import type { Task } from "../schema.ts";
import { type Act, isSnoozed, snoozePresets } from "./act.ts";

type SnoozeMenuProps = Readonly<{
  task: Task;
  anchor: HTMLElement | null;
  beside?: HTMLElement | null | undefined;
  onClose: () => void;
  onAct: (act: Act) => void;
  /** Opens the place where any time can be chosen. */
  onPick: () => void;
}>;

/** When the task should come back: presets that say the day and time they mean. */
export function SnoozeMenu({ task, anchor, beside, onClose, onAct, onPick }: SnoozeMenuProps) {
  const where = useWhere();
  const now = { ...where, now: Date.now() };
  return (
    <Menu anchor={anchor} beside={beside} onClose={onClose} label={messages.row.snooze(task.title)}>
      <MenuLabel>{messages.snooze.title}</MenuLabel>
      {snoozePresets(where.zone, now.now).map(({ id, until }) => {
        const day = dayIn(where.zone, new Date(until));
        const isToday = day === dayIn(where.zone, new Date(now.now));
        return (
          <MenuItem
            key={id}
            icon={<Clock aria-hidden="true" />}
            detail={isToday ? timeOfDay(until, now) : `${shortDay(day, now, true)}, ${timeOfDay(until, now)}`}
            onClick={() => {
              onClose();
              onAct({ kind: "snooze", task, until });
            }}
          >
            {messages.snooze[id]}
          </MenuItem>
        );
      })}
      <MenuLine />
      <MenuItem
        icon={<CalendarClock aria-hidden="true" />}
        onClick={() => {
          onClose();
          onPick();
        }}
      >
        {messages.snooze.pick}
      </MenuItem>
      {isSnoozed(task, now.now) && (
        <MenuItem
          icon={<Sun aria-hidden="true" />}
          onClick={() => {
            onClose();
            onAct({ kind: "wake", task });
          }}
        >
          {messages.snooze.wake}
        </MenuItem>
      )}
    </Menu>
  );
}
