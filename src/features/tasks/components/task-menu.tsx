"use client";

import { Check, CirclePlay, PanelRight, RotateCcw, Sun, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { Menu, MenuItem, MenuLabel, MenuLine } from "#ui/menu.tsx";
import { PriorityGlyph, priorityWord } from "#ui/priority-glyph.tsx";
import { useWhere } from "#ui/where.tsx";
import { messages } from "../messages.ts";
import type { Task } from "../schema.ts";
import { type Act, isSnoozed } from "./act.ts";

const priorities = [5, 4, 3, 2, 1];

type TaskMenuProps = Readonly<{
  task: Task;
  anchor: HTMLElement | null;
  beside?: HTMLElement | null | undefined;
  onClose: () => void;
  onAct: (act: Act) => void;
  onOpen?: () => void;
}>;

/** Everything else that can be done to a task. Whatever a key or a swipe does is here too. */
export function TaskMenu({ task, anchor, beside, onClose, onAct, onOpen }: TaskMenuProps) {
  const { now } = useWhere();
  const isDone = task.status === "completed";
  const item = (act: Act, icon: ReactNode, words: string, keys?: string, danger = false) => (
    <MenuItem
      icon={icon}
      keys={keys}
      danger={danger}
      onClick={() => {
        onClose();
        onAct(act);
      }}
    >
      {words}
    </MenuItem>
  );
  return (
    <Menu anchor={anchor} beside={beside} onClose={onClose} label={messages.row.more(task.title)}>
      {onOpen && (
        <MenuItem
          icon={<PanelRight aria-hidden="true" />}
          keys="↵"
          onClick={() => {
            onClose();
            onOpen();
          }}
        >
          {messages.acts.open}
        </MenuItem>
      )}
      {isDone
        ? item({ kind: "reopen", task }, <RotateCcw aria-hidden="true" />, messages.acts.reopen, "E")
        : item({ kind: "complete", task }, <Check aria-hidden="true" />, messages.acts.complete, "E")}
      {task.status === "pending" &&
        item({ kind: "start", task }, <CirclePlay aria-hidden="true" />, messages.acts.start)}
      {task.status === "in_progress" &&
        item({ kind: "stop", task }, <RotateCcw aria-hidden="true" />, messages.acts.stop)}
      {isSnoozed(task, now) && item({ kind: "wake", task }, <Sun aria-hidden="true" />, messages.acts.wake)}
      <MenuLine />
      <MenuLabel>{messages.acts.priority}</MenuLabel>
      {priorities.map((priority) => (
        <MenuItem
          key={priority}
          checked={task.priority === priority}
          icon={<PriorityGlyph priority={priority} silent />}
          keys={String(priority)}
          onClick={() => {
            onClose();
            onAct({ kind: "update", task, patch: { priority } });
          }}
        >
          {priorityWord(priority)}
        </MenuItem>
      ))}
      <MenuLine />
      {item({ kind: "delete", task }, <Trash2 aria-hidden="true" />, messages.acts.trash, "Del", true)}
    </Menu>
  );
}
