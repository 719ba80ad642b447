import { clsx } from "clsx";
import { Pause, Play } from "lucide-react";
import type { UndoPreview } from "#features/journal/schema.ts";
import { Avatar, assistantColour } from "#ui/avatar.tsx";
import { Button } from "#ui/button.tsx";
import { messages } from "../messages.ts";
import type { AssistantDetail } from "../schema.ts";
import { ActForm } from "./act-form.tsx";
import { originOf } from "./assistant-words.ts";
import { DisconnectDialog } from "./disconnect-dialog.tsx";
import { TrustMark } from "./trust-mark.tsx";
import type { Act } from "./use-assistant.ts";

type AssistantHeadProps = Readonly<{
  assistant: AssistantDetail;
  lastDay: UndoPreview | null;
  pending: Act["kind"] | null;
  onAct: (act: Act) => void;
}>;

/** Who it is, and the two ways to stop it. */
export function AssistantHead({ assistant, lastDay, pending, onAct }: AssistantHeadProps) {
  const { id, name, color, trust, endedAt, pausedAt } = assistant;
  const icon = pausedAt ? (
    <Play aria-hidden="true" className="size-4" />
  ) : (
    <Pause aria-hidden="true" className="size-4" />
  );
  const toggle = pausedAt ? "resume" : "pause";
  return (
    <header className="mb-5 max-md:mb-4">
      <div className="flex items-center gap-3.5 max-md:flex-wrap">
        <Avatar
          kind="assistant"
          size="large"
          name={name}
          colour={assistantColour(color)}
          className={clsx(endedAt && "grayscale")}
        />
        <div className="min-w-0 flex-1">
          <h1 className="text-21 font-heavy tracking-page wrap-anywhere">{name}</h1>
          <p className="flex flex-wrap items-center gap-x-2 text-13 text-muted-foreground">
            <span className="wrap-anywhere">{originOf(assistant)}</span>
            <TrustMark trust={trust} />
          </p>
        </div>
        {!endedAt && (
          <div className="flex gap-2 max-md:w-full">
            <ActForm
              id={id}
              capability={`assistants.${toggle}`}
              className="flex-1"
              onSubmit={() => onAct({ kind: toggle })}
            >
              <Button type="submit" icon={icon} busy={pending === toggle} className="w-full">
                {messages.acts[toggle]}
              </Button>
            </ActForm>
            <DisconnectDialog assistant={assistant} lastDay={lastDay} onAct={onAct} />
          </div>
        )}
      </div>
      {trust === "self" && <p className="mt-2.5 text-13 text-warn">{messages.selfAsserted}</p>}
    </header>
  );
}
