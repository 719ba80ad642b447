"use client";

import { useId, useState, useSyncExternalStore } from "react";
import { Dialog } from "./dialog.tsx";
import { Kbd } from "./kbd.tsx";
import { messages } from "./messages.ts";
import { Switch } from "./switch.tsx";
import { areSingleKeysOn, onSingleKeys, setSingleKeys, useShortcuts } from "./use-shortcuts.ts";

/** One table feeds the sheet; `keys` is written as a person reads it, several presses separated by a space. */
export type KeyTable = readonly Readonly<{
  title: string;
  keys: readonly Readonly<{ keys: string; does: string }>[];
}>[];

/** Every shortcut there is, shown by `?`, with the switch that turns the single-key ones off. */
export function ShortcutSheet({ table }: Readonly<{ table: KeyTable }>) {
  const [isOpen, setOpen] = useState(false);
  const switchId = useId();
  const areOn = useSyncExternalStore(onSingleKeys, areSingleKeysOn, () => true);
  useShortcuts({ "Shift+?": () => setOpen(true) });
  const { shortcuts: words } = messages;
  return (
    <Dialog open={isOpen} onClose={() => setOpen(false)} title={words.title}>
      {table.map((group) => (
        <section key={group.title} className="mt-3">
          <h3 className="mb-1 text-12 font-strong text-faint">{group.title}</h3>
          <dl>
            {group.keys.map(({ keys, does }) => (
              <div
                key={keys}
                className="flex min-h-8 items-center justify-between gap-4 border-b border-border last:border-0"
              >
                <dt className="text-14">{does}</dt>
                <dd className="flex items-center gap-1 text-12 text-faint">
                  <span className="sr-only">{keys}</span>
                  {keys.split(" ").map((key) => (
                    <Kbd key={key} className="touch:inline-block">
                      {key}
                    </Kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <div className="mt-4 flex items-center gap-4 border-t border-border pt-4">
        <div className="min-w-0 flex-1">
          <label htmlFor={switchId} className="font-strong">
            {words.singleKeys}
          </label>
          <p className="text-13 text-muted-foreground">{words.singleKeysHint}</p>
        </div>
        <Switch id={switchId} checked={areOn} onChange={(event) => setSingleKeys(event.target.checked)} />
      </div>
    </Dialog>
  );
}
