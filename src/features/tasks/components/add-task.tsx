"use client";

import { clsx } from "clsx";
import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { createContext, type MouseEvent, type ReactNode, use, useState } from "react";
import { Dialog } from "#ui/dialog.tsx";
import { Kbd } from "#ui/kbd.tsx";
import { type KeyTable, ShortcutSheet } from "#ui/shortcut-sheet.tsx";
import { useShortcuts } from "#ui/use-shortcuts.ts";
import { messages } from "../messages.ts";
import { Composer, type Values } from "./composer.tsx";

const OpenContext = createContext<() => void>(() => undefined);

const { table, ...groups } = messages.keys;
const keyTable: KeyTable = [
  {
    title: groups.anywhere,
    keys: [
      { keys: "q", does: table.add },
      { keys: "g n", does: table.next },
      { keys: "g t", does: table.today },
      { keys: "g i", does: table.inbox },
      { keys: "g a", does: table.all },
      { keys: "Ctrl Z", does: table.undo },
      { keys: "?", does: table.help },
    ],
  },
  {
    title: groups.list,
    keys: [
      { keys: "j", does: table.down },
      { keys: "k", does: table.up },
      { keys: "Enter", does: table.open },
      { keys: "e", does: table.done },
      { keys: "s", does: table.snooze },
      { keys: "d", does: table.date },
      { keys: "m", does: table.more },
      { keys: "1–5", does: table.priority },
      { keys: "Delete", does: table.trash },
    ],
  },
];

/** Keys that work on every page, the list of all keys, and the dialog in which a task is added from anywhere. */
export function TaskKeys({ children }: Readonly<{ children: ReactNode }>) {
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const [refused, setRefused] = useState<Readonly<{ values: Values; errors: Values }> | null>(null);
  const close = () => {
    setOpen(false);
    setRefused(null);
  };
  const add = () => {
    // Where the page has a field of its own, that one is nearer.
    const field = document.querySelector<HTMLInputElement>("[data-composer]");
    if (field) field.focus();
    else setOpen(true);
  };
  useShortcuts({
    q: add,
    "g n": () => router.push("/next"),
    "g t": () => router.push("/today"),
    "g i": () => router.push("/inbox"),
    "g a": () => router.push("/all"),
  });
  return (
    <OpenContext value={add}>
      {children}
      <Dialog open={isOpen} onClose={close} title={messages.acts.add}>
        <Composer
          returnTo="/inbox"
          onDone={close}
          values={refused?.values}
          errors={refused?.errors}
          onRefused={(values, errors) => {
            setRefused({ values, errors });
            setOpen(true);
          }}
        />
      </Dialog>
      <ShortcutSheet table={keyTable} />
    </OpenContext>
  );
}

/** Opens the field for a new task; without script it leads to the inbox, whose field is always there. */
export function AddTask({ place }: Readonly<{ place: "sidebar" | "bar" }>) {
  const open = use(OpenContext);
  const onClick = (event: MouseEvent) => {
    event.preventDefault();
    open();
  };
  if (place === "bar")
    return (
      // A plain link on purpose: with script it never navigates.
      <a
        href="/inbox"
        onClick={onClick}
        aria-label={messages.acts.add}
        className="m-auto grid size-11 place-items-center rounded-xl bg-primary text-primary-foreground active:translate-y-[0.5px]"
      >
        <Plus aria-hidden="true" className="size-5" />
      </a>
    );
  return (
    <a
      href="/inbox"
      onClick={onClick}
      className={clsx(
        "mt-3 mb-2.5 flex h-8.5 items-center gap-2 rounded-md border border-border bg-card pr-2 pl-2.5 font-strong shadow-sm transition-colors duration-(--fast) hover:border-control hover:bg-accent",
      )}
    >
      <Plus aria-hidden="true" className="size-4 text-primary" />
      {messages.acts.add}
      <Kbd className="ml-auto text-faint">Q</Kbd>
    </a>
  );
}
