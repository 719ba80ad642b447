import type { ReactNode } from "react";
import type { TokenScope } from "#core/scopes.ts";
import { buttonClass } from "#ui/button.tsx";
import { combinations, lifetimes } from "../consent.ts";
import type { ConsentFacts } from "../policy.ts";
import type { Lifetime } from "../rules.ts";
import { allowedText, destinationText, type endText, limitText, messages } from "./consent-words.ts";

type DecisionProps = Readonly<{
  facts: ConsentFacts;
  shown: readonly TokenScope[];
  ends: Readonly<Record<Lifetime, ReturnType<typeof endText>>>;
}>;

/**
 * The choice in one sentence, and two answers of equal weight. Every form the sentence can take is on the page; consent.css shows
 * the one that is true.
 */
export function ConsentDecision({ facts, shown, ends }: DecisionProps) {
  const { name, to } = facts;
  const words = (text: (on: readonly TokenScope[]) => string) =>
    combinations(shown).map((on) => (
      <When key={on.join(" ")} on={on} off={shown.filter((scope) => !on.includes(scope))}>
        {text(on)}
      </When>
    ));
  return (
    <footer className="border-t border-border bg-card shadow-[0_-8px_24px_-12px_rgb(0_0_0/.12)] md:sticky md:bottom-0 md:z-10">
      <div className="mx-auto flex max-w-260 items-center gap-6 px-6 py-3.5 max-md:flex-col max-md:items-stretch max-md:gap-3.5 max-md:p-4 max-md:pb-[calc(1rem+env(safe-area-inset-bottom))]">
        <p aria-live="polite" aria-atomic="true" className="max-w-[62ch] flex-1 text-14 text-pretty">
          <bdi>{name}</bdi> {messages.may} <b>{words(allowedText)}</b> {messages.until}{" "}
          <b>
            {lifetimes.map((lifetime) => (
              <span key={lifetime} data-for={lifetime}>
                {ends[lifetime].short}
              </span>
            ))}
          </b>
          . {words(limitText)} <span data-for="replace">{messages.replaces} </span>
          {messages.leadsTo} <b dir={to.kind === "site" ? "ltr" : undefined}>{destinationText(to)}</b>.
          <span data-after="" className="block text-muted-foreground">
            {messages.sent}
          </span>
        </p>
        <div className="ms-auto grid flex-none grid-cols-2 gap-2.5 max-md:ms-0">
          <Answer value="cancel">{messages.cancel}</Answer>
          <Answer value="allow" disabled={shown.length === 0}>
            {messages.allow}
          </Answer>
        </div>
      </div>
    </footer>
  );
}

function When({
  on,
  off,
  children,
}: Readonly<{ on: readonly TokenScope[]; off: readonly TokenScope[]; children: ReactNode }>) {
  return (
    <span data-needs={on.join(" ") || undefined} data-lacks={off.join(" ") || undefined}>
      {children}
    </span>
  );
}

function Answer({
  value,
  disabled,
  children,
}: Readonly<{ value: "cancel" | "allow"; disabled?: boolean; children: ReactNode }>) {
  return (
    <button
      type="submit"
      name="decision"
      value={value}
      disabled={disabled}
      className={`${buttonClass()} h-10.5! min-w-33 border-input! text-15! hover:border-muted-foreground! max-md:h-12! max-md:min-w-0`}
    >
      {children}
    </button>
  );
}
