import { useId, useRef } from "react";
import type { UndoPreview } from "#features/journal/schema.ts";
import { Button } from "#ui/button.tsx";
import { messages } from "../messages.ts";
import type { AssistantDetail } from "../schema.ts";
import { ActForm } from "./act-form.tsx";
import { UndoStatement } from "./undo-statement.tsx";
import type { Act } from "./use-assistant.ts";

type DisconnectDialogProps = Readonly<{
  assistant: AssistantDetail;
  lastDay: UndoPreview | null;
  onAct: (act: Act) => void;
}>;

/**
 * Asks before a connection ends, with the figures of what it did last. The browser's own dialog, modal where there is script;
 * without it the same element opens as a popover.
 */
export function DisconnectDialog({ assistant: { id, name }, lastDay, onAct }: DisconnectDialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const dialogId = useId();
  const titleId = useId();
  const close = () => ref.current?.close();
  const answer = (kind: "disconnect" | "disconnectAndUndo") => () => {
    close();
    onAct({ kind });
  };
  return (
    <>
      <Button
        variant="danger"
        popoverTarget={dialogId}
        aria-haspopup="dialog"
        className="flex-1"
        onClick={(event) => {
          event.preventDefault();
          ref.current?.showModal();
        }}
      >
        {messages.acts.disconnect}
      </Button>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the keyboard's way to close and the browser brings it. */}
      <dialog
        ref={ref}
        id={dialogId}
        popover="auto"
        aria-labelledby={titleId}
        onClick={(event) => event.target === event.currentTarget && close()}
        className="m-auto max-h-[calc(100dvh-32px)] w-[min(480px,calc(100vw-32px))] overflow-y-auto rounded-xl border border-border bg-popover p-0 text-foreground shadow-lg backdrop:bg-black/38"
      >
        <div className="p-5 max-md:p-4">
          <h2 id={titleId} className="text-17 font-semibold tracking-card wrap-anywhere">
            {messages.dialog.title(name)}
          </h2>
          <p className="mt-1.5 text-pretty text-muted-foreground">{messages.dialog.text(name)}</p>
          {lastDay && lastDay.changed > 0 && (
            <div className="mt-4">
              <h3 className="mb-1.5 text-13 font-semibold">{messages.dialog.lastDay}</h3>
              <UndoStatement name={name} outcome={lastDay} />
            </div>
          )}
          <div className="mt-5 flex flex-col gap-2">
            {lastDay && lastDay.undone > 0 && !lastDay.isTooMuch && (
              <ActForm id={id} capability="assistants.disconnectAndUndo" onSubmit={answer("disconnectAndUndo")}>
                <Button type="submit" variant="danger" className="w-full whitespace-normal!">
                  {messages.acts.disconnectAndUndo}
                </Button>
              </ActForm>
            )}
            <ActForm id={id} capability="assistants.disconnect" onSubmit={answer("disconnect")}>
              <Button type="submit" variant="danger" className="w-full">
                {messages.acts.disconnectOnly}
              </Button>
            </ActForm>
            <Button popoverTarget={dialogId} popoverTargetAction="hide" className="w-full" onClick={close}>
              {messages.acts.cancel}
            </Button>
          </div>
        </div>
      </dialog>
    </>
  );
}
