"use client";

import { Check, CirclePlay, Clock } from "lucide-react";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import type { Act } from "#features/tasks/components/act.ts";
import { SnoozeMenu } from "#features/tasks/components/snooze-menu.tsx";
import type { Task } from "#features/tasks/schema.ts";
import { Button } from "#ui/button.tsx";
import { Kbd } from "#ui/kbd.tsx";
import { useShortcuts } from "#ui/use-shortcuts.ts";
import { pageText as words } from "../messages.ts";

type NextActionsProps = Readonly<{ task: Task; busy: Act["kind"] | null; onAct: (act: Act) => void }>;

/** What can be done with the one task: start it, finish it, put it off. Each is a form, so it also works without script. */
export function NextActions({ task, busy, onAct }: NextActionsProps) {
  const router = useRouter();
  const snooze = useRef<HTMLButtonElement>(null);
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const isStarted = task.status === "in_progress";
  const run = (kind: "start" | "complete") => {
    if (!busy) onAct({ kind, task });
  };
  useShortcuts({
    t: () => !isStarted && run("start"),
    e: () => run("complete"),
    s: () => setAnchor(snooze.current),
  });
  const hidden = (
    <>
      <input type="hidden" name="id" value={task.id} />
      <input type="hidden" name="returnTo" value="/next" />
    </>
  );
  return (
    <div className="mt-6 flex flex-wrap gap-2 max-md:[&>form]:flex-1 max-md:[&_button]:w-full">
      {!isStarted && (
        <form
          action="/api/forms/tasks.update"
          method="post"
          className="max-md:basis-full!"
          onSubmit={(event) => {
            event.preventDefault();
            run("start");
          }}
        >
          {hidden}
          <input type="hidden" name="status" value="in_progress" />
          <Button
            type="submit"
            variant="primary"
            busy={busy === "start"}
            icon={<CirclePlay aria-hidden="true" className="size-4" />}
          >
            {words.start}
            <Kbd>T</Kbd>
          </Button>
        </form>
      )}
      <form
        action="/api/forms/tasks.complete"
        method="post"
        className={isStarted ? "max-md:basis-full!" : undefined}
        onSubmit={(event) => {
          event.preventDefault();
          run("complete");
        }}
      >
        {hidden}
        <Button
          type="submit"
          variant={isStarted ? "primary" : "secondary"}
          busy={busy === "complete"}
          icon={<Check aria-hidden="true" className="size-4" />}
        >
          {words.done}
          <Kbd>E</Kbd>
        </Button>
      </form>
      {/* Without script it snoozes for the three hours that the capability means when nothing is said. */}
      <form
        action="/api/forms/tasks.snooze"
        method="post"
        onSubmit={(event) => {
          event.preventDefault();
          setAnchor(anchor ? null : snooze.current);
        }}
      >
        {hidden}
        <Button
          ref={snooze}
          type="submit"
          busy={busy === "snooze"}
          aria-haspopup="menu"
          aria-expanded={anchor !== null}
          icon={<Clock aria-hidden="true" className="size-4" />}
        >
          {words.snooze}
          <Kbd>S</Kbd>
        </Button>
      </form>
      <SnoozeMenu
        task={task}
        anchor={anchor}
        onClose={() => setAnchor(null)}
        onAct={onAct}
        onPick={() => router.push(`/tasks/${task.id}#snooze`)}
      />
    </div>
  );
}
