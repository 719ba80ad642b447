"use client";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTRPC } from "#core/trpc.ts";
import { useUndo } from "#features/journal/components/use-undo.ts";
import type { UndoPreview } from "#features/journal/schema.ts";
import { Notice } from "#ui/notice.tsx";
import { Panel } from "#ui/shell.tsx";
import { useWhere } from "#ui/where.tsx";
import { messages } from "../messages.ts";
import type { Span } from "../rules.ts";
import type { AssistantDetail } from "../schema.ts";
import { AssistantHealth, AssistantReach } from "./assistant-facts.tsx";
import { AssistantHead } from "./assistant-head.tsx";
import { AssistantReceipts } from "./assistant-receipts.tsx";
import { AssistantUndo } from "./assistant-undo.tsx";
import { useAssistant } from "./use-assistant.ts";

type AssistantViewProps = Readonly<{
  initial: AssistantDetail;
  cursor: string | null;
  span: Span;
  preview: UndoPreview;
  /** What disconnecting and undoing would come to. */
  lastDay: UndoPreview;
  /** What the server has to say first. */
  children?: ReactNode;
}>;

const rule = "mt-5 border-t border-border pt-4.5";

/** One assistant: who it is, whether it works, what it may do, what it did, and how to stop it or take it back. */
export function AssistantView({ initial, cursor, span, preview, lastDay, children }: AssistantViewProps) {
  const trpc = useTRPC();
  const where = useWhere();
  const { id } = initial;
  const { data: assistant = initial, isError } = useQuery(
    trpc.assistants.get.queryOptions({ id, ...(cursor ? { cursor } : {}) }, { initialData: initial }),
  );
  const { data: day = lastDay } = useQuery(
    trpc.assistants.undoPreview.queryOptions({ id, since: "day" }, { initialData: lastDay }),
  );
  const { act, pending } = useAssistant(assistant, cursor);
  const { undo, busy } = useUndo();
  return (
    <div className="grid min-h-dvh grid-cols-1 max-wide:content-start wide:grid-cols-[minmax(0,1fr)_400px]">
      <main
        id="content"
        tabIndex={-1}
        className="min-w-0 px-10 pt-6.5 pb-10 focus:outline-none max-md:px-4 max-md:pt-4 max-md:pb-6"
      >
        <div className="mx-auto max-w-[640px]">
          <AssistantHead assistant={assistant} lastDay={day} pending={pending} onAct={act} />
          {children}
          {isError && (
            <Notice tone="warn" className="mb-4">
              {messages.stale}
            </Notice>
          )}
          {assistant.endedAt ? (
            <Notice className="mb-5">{messages.state.ended(assistant.name)}</Notice>
          ) : (
            assistant.pausedAt && (
              <Notice tone="warn" className="mb-5">
                {messages.state.paused(assistant.name)}
              </Notice>
            )
          )}
          <AssistantReceipts
            assistant={assistant}
            cursor={cursor}
            where={where}
            busy={busy}
            onUndo={(operation) => undo({ id: operation })}
          />
        </div>
      </main>
      <Panel labelledBy="health">
        <AssistantHealth assistant={assistant} where={where} />
        <div className={rule}>
          <AssistantReach assistant={assistant} busy={pending === "narrow"} onAct={act} />
        </div>
        <div className={rule}>
          <AssistantUndo
            key={span}
            assistant={assistant}
            span={span}
            preview={preview}
            busy={busy === id}
            onUndo={(since) => undo({ id, since })}
          />
        </div>
      </Panel>
    </div>
  );
}
