import { useQuery } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "#core/trpc.ts";
import type { UndoPreview } from "#features/journal/schema.ts";
import { Button } from "#ui/button.tsx";
import { Select } from "#ui/input.tsx";
import { useHydrated } from "#ui/use-hydrated.ts";
import { messages } from "../messages.ts";
import { isSpan, type Span, spans } from "../rules.ts";
import type { AssistantDetail } from "../schema.ts";
import { ActForm } from "./act-form.tsx";
import { UndoStatement } from "./undo-statement.tsx";

const { undo: words } = messages;

type AssistantUndoProps = Readonly<{
  assistant: AssistantDetail;
  /** The span that the page was asked for, and its figures. */
  span: Span;
  preview: UndoPreview;
  busy: boolean;
  onUndo: (since: Span) => void;
}>;

/** Everything it did in a span, taken back with one press; the figures first. */
export function AssistantUndo({ assistant: { id, name }, span, preview, busy, onUndo }: AssistantUndoProps) {
  const trpc = useTRPC();
  const isLive = useHydrated();
  const [since, setSince] = useState(span);
  const { data } = useQuery({
    ...trpc.assistants.undoPreview.queryOptions({ id, since }, since === span ? { initialData: preview } : {}),
    placeholderData: (before) => before,
  });
  const outcome = data ?? preview;
  const kept = outcome.skipped.slice(0, 3).map(({ label }) => `“${label}”`);
  const rest = outcome.skipped.length - kept.length;
  return (
    <section aria-labelledby="undo">
      <h2 id="undo" className="mb-2 font-semibold wrap-anywhere">
        {words.title(name)}
      </h2>
      <form method="get" action={`/assistants/${id}`} className="mb-2.5 flex items-center gap-2">
        <div className="min-w-0 flex-1">
          <Select
            name="span"
            aria-label={words.span}
            {...(isLive
              ? { value: since, onChange: (event) => isSpan(event.target.value) && setSince(event.target.value) }
              : { defaultValue: span })}
          >
            {spans.map((one) => (
              <option key={one} value={one}>
                {words.spans[one]}
              </option>
            ))}
          </Select>
        </div>
        {!isLive && <Button type="submit">{messages.acts.show}</Button>}
      </form>
      {outcome.isTooMuch ? (
        <p className="text-13 text-muted-foreground">{words.tooMany}</p>
      ) : outcome.undone === 0 && outcome.changed === 0 ? (
        <p className="text-13 text-muted-foreground">{words.nothing}</p>
      ) : (
        <>
          <UndoStatement name={name} outcome={outcome} />
          {kept.length > 0 && (
            <p className="mt-2 text-12 text-pretty text-faint wrap-anywhere">
              {words.kept(rest > 0 ? `${kept.join(", ")} ${words.more(rest)}` : kept.join(", "))}
            </p>
          )}
          {outcome.undone > 0 && (
            <ActForm id={id} capability="assistants.undo" className="mt-3" onSubmit={() => onUndo(since)}>
              <input type="hidden" name="since" value={since} />
              <Button
                type="submit"
                busy={busy}
                className="w-full"
                icon={<Undo2 aria-hidden="true" className="size-4" />}
              >
                {words.button(outcome.undone)}
              </Button>
            </ActForm>
          )}
        </>
      )}
    </section>
  );
}
