import { clsx } from "clsx";
import { CircleCheck, CirclePause, CircleSlash, Clock } from "lucide-react";
import type { ReactNode } from "react";
import { type TokenScope, tokenScopes } from "#core/scopes.ts";
import { messages as journal } from "#features/journal/messages.ts";
import { Button } from "#ui/button.tsx";
import { relativeInstant, type Where } from "#ui/format.ts";
import { Switch } from "#ui/switch.tsx";
import { messages } from "../messages.ts";
import type { AssistantDetail } from "../schema.ts";
import { ActForm } from "./act-form.tsx";
import { endsAt, lastAt, reachOf } from "./assistant-words.ts";
import type { Act } from "./use-assistant.ts";

/** Pairs of a word and what is so, the figures under one another. */
function Facts({ items }: Readonly<{ items: readonly (readonly [string, ReactNode])[] }>) {
  return (
    <dl className="num grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-13">
      {items.map(([word, fact]) => (
        <div key={word} className="contents">
          <dt className="text-muted-foreground">{word}</dt>
          <dd className="text-right wrap-anywhere">{fact}</dd>
        </div>
      ))}
    </dl>
  );
}

const { health } = messages;
const states = {
  working: { icon: CircleCheck, look: "text-success" },
  quiet: { icon: Clock, look: "text-muted-foreground" },
  paused: { icon: CirclePause, look: "text-warn" },
  ended: { icon: CircleSlash, look: "text-muted-foreground" },
};

function stateOf({ endedAt, pausedAt, lastUsedAt }: AssistantDetail): keyof typeof states {
  if (endedAt) return "ended";
  if (pausedAt) return "paused";
  return lastUsedAt ? "working" : "quiet";
}

/** Does it work, when did it last call, what was it refused, how long does it go on. */
export function AssistantHealth({ assistant, where }: Readonly<{ assistant: AssistantDetail; where: Where }>) {
  const { createdAt, lastUsedAt, lastRefusal, expiresAt, endedAt, endedBy } = assistant;
  const state = stateOf(assistant);
  const { icon: Icon, look } = states[state];
  const ending = endedAt
    ? ([health.endedAt, relativeInstant(endedAt, where)] as const)
    : ([health.ends, expiresAt ? endsAt(expiresAt, where) : health.open] as const);
  return (
    <section aria-labelledby="health">
      <div className="mb-2 flex items-center gap-3">
        <h2 id="health" className="font-semibold">
          {health.title}
        </h2>
        <span className={clsx("ml-auto flex items-center gap-1.5 text-13 font-semibold", look)}>
          <Icon aria-hidden="true" className="size-3.75" />
          {health[state]}
        </span>
      </div>
      <Facts
        items={[
          [health.connected, relativeInstant(createdAt, where)],
          [health.lastCall, lastUsedAt ? lastAt(lastUsedAt, where) : health.never],
          [
            health.lastRefusal,
            lastRefusal
              ? `${relativeInstant(lastRefusal.at, where, true)}, ${journal.why(lastRefusal.capability, lastRefusal.code)}`
              : health.none,
          ],
          ending,
          ...(endedBy ? [[health.because, messages.endedBy[endedBy] ?? endedBy] as const] : []),
        ]}
      />
    </section>
  );
}

type AssistantReachProps = Readonly<{
  assistant: AssistantDetail;
  busy: boolean;
  onAct: (act: Act) => void;
}>;

/** What it may do, and the switches to take some of it away or give it back; never more than was approved. */
export function AssistantReach({ assistant, busy, onAct }: AssistantReachProps) {
  const { id, name, approved, scopes, endedAt } = assistant;
  const { may, mayNot, knows } = reachOf(assistant);
  const words = messages.reach;
  const offered = tokenScopes.filter((scope) => approved.includes(scope));
  const chosen = (form: HTMLFormElement): TokenScope[] => {
    const data = new FormData(form);
    return offered.filter((scope) => data.get(scope) === "true");
  };
  return (
    <section aria-labelledby="reach" className="relative">
      <h2 id="reach" className="mb-2 font-semibold">
        {endedAt ? words.ended : words.title}
      </h2>
      <Facts
        items={[
          [words.may, may.join(", ") || words.nothing],
          ...(mayNot.length > 0 ? [[words.mayNot, mayNot.join(", ")] as const] : []),
          ...(knows.length > 0 ? [[words.knows, knows.join(", ")] as const] : []),
        ]}
      />
      {!endedAt && offered.length > 0 && (
        <details className="group">
          <summary className="link absolute top-0 right-0 rounded-sm text-13 font-medium touch:-my-3 touch:py-3">
            {messages.acts.change}
            <span className="sr-only"> {words.title}</span>
          </summary>
          <ActForm
            id={id}
            capability="assistants.narrow"
            onSubmit={(form) => onAct({ kind: "narrow", scopes: chosen(form) })}
          >
            <fieldset className="mt-3 border-t border-border pt-1">
              <legend className="sr-only">{words.title}</legend>
              {offered.map((scope) => (
                <label
                  key={`${scope} ${scopes.includes(scope)}`}
                  htmlFor={`may-${scope}`}
                  className="flex items-start gap-3 py-2"
                >
                  <span className="min-w-0 flex-1">
                    <span className="block font-book">{messages.scopes[scope].label}</span>
                    <span className="block text-12 text-faint">{messages.scopes[scope].hint}</span>
                  </span>
                  <Switch id={`may-${scope}`} name={scope} value="true" defaultChecked={scopes.includes(scope)} />
                </label>
              ))}
            </fieldset>
            <p className="mt-1 mb-3 text-12 text-pretty text-faint">{words.hint(name)}</p>
            <Button type="submit" className="w-full" busy={busy}>
              {messages.acts.save}
            </Button>
          </ActForm>
        </details>
      )}
    </section>
  );
}
