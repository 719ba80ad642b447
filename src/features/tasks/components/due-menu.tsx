"use client";

import { Calendar, CalendarX, Pencil } from "lucide-react";
import { addDays, dayIn } from "#core/clock.ts";
import { shortDay } from "#ui/format.ts";
import { Menu, MenuItem, MenuLabel, MenuLine } from "#ui/menu.tsx";
import { useWhere } from "#ui/where.tsx";
import { messages } from "../messages.ts";
import type { Task } from "../schema.ts";
import { type Act, nextMonday } from "./act.ts";

type DueMenuProps = Readonly<{
  task: Task;
  anchor: HTMLElement | null;
  beside?: HTMLElement | null | undefined;
  onClose: () => void;
  onAct: (act: Act) => void;
  onPick: () => void;
}>;

/** The days most tasks are moved to; any other is picked on the task's own page. */
export function DueMenu({ task, anchor, beside, onClose, onAct, onPick }: DueMenuProps) {
  const where = useWhere();
  const today = dayIn(where.zone, new Date());
  const days = [
    { label: messages.due.today, day: today },
    { label: messages.due.tomorrow, day: addDays(today, 1) },
    { label: messages.due.nextWeek, day: nextMonday(today) },
  ];
  const set = (dueDate: string | null) => {
    onClose();
    onAct({ kind: "update", task, patch: dueDate ? { dueDate } : { dueDate: null, dueAt: null } });
  };
  return (
    <Menu anchor={anchor} beside={beside} onClose={onClose} label={messages.row.date(task.title)}>
      <MenuLabel>{messages.due.title}</MenuLabel>
      {days.map(({ label, day }) => (
        <MenuItem
          key={label}
          icon={<Calendar aria-hidden="true" />}
          detail={shortDay(day, where, true)}
          onClick={() => set(day)}
        >
          {label}
        </MenuItem>
      ))}
      <MenuLine />
      {(task.dueDate || task.dueAt) && (
        <MenuItem icon={<CalendarX aria-hidden="true" />} onClick={() => set(null)}>
          {messages.due.none}
        </MenuItem>
      )}
      <MenuItem
        icon={<Pencil aria-hidden="true" />}
        onClick={() => {
          onClose();
          onPick();
        }}
      >
        {messages.due.pick}
      </MenuItem>
    </Menu>
  );
}
