import type { ReactNode } from "react";
import type { Notice } from "#core/flow.ts";
import { isTokenScope } from "#core/scopes.ts";
import { ButtonLink } from "#ui/button.tsx";
import type { Where } from "#ui/format.ts";
import { Wordmark } from "#ui/mark.tsx";
import { lifetimes, offerOf, presets, refusals } from "../consent.ts";
import type { PendingConsent } from "../interaction.ts";
import { consentFacts } from "../policy.ts";
import type { Lifetime } from "../rules.ts";
import { ConsentChoices, type ConsentStart } from "./consent-choices.tsx";
import { ConsentDecision } from "./consent-decision.tsx";
import { ConsentIdentity } from "./consent-identity.tsx";
import { ConsentScript } from "./consent-script.tsx";
import { dayText, endText, messages } from "./consent-words.ts";
import "./consent.css";

export type ConsentView = Readonly<{
  pending: PendingConsent;
  person: Readonly<{ name: string; email: string }>;
  /** How many tasks the person has. */
  tasks: number;
  where: Where;
  /** Host that this MindFlow is reached under. */
  instance: string;
  /** What was wrong with the answer before, and what it had chosen. */
  notice: Notice | null;
}>;

const form = "consent";

/** What is ticked at first; after a refused answer, what that one had ticked. */
function startOf({ pending, notice }: ConsentView): ConsentStart {
  const offer = offerOf(pending.asked);
  const { values } = notice ?? {};
  if (!values)
    return {
      preset: offer.preset,
      on: offer.on,
      lifetime: "month",
      identity: offer.identity.length > 0,
      replace: false,
    };
  return {
    preset: presets.find((preset) => preset === values.preset) ?? offer.preset,
    on: Object.keys(values).filter(isTokenScope),
    lifetime: lifetimes.find((lifetime) => lifetime === values.lifetime) ?? "month",
    identity: values.identity === "on",
    replace: values.replace === "on",
  };
}

/** The page on which a person lets an assistant in, or does not: one plain form that needs no script. */
export function ConsentPage(view: ConsentView) {
  const { pending, person, tasks, where, instance, notice } = view;
  const facts = consentFacts(pending);
  const offer = offerOf(pending.asked);
  const ends = Object.fromEntries(lifetimes.map((lifetime) => [lifetime, endText(lifetime, where)])) as Record<
    Lifetime,
    ReturnType<typeof endText>
  >;
  return (
    <>
      <Top>
        <form method="post" action="/api/identity/sign-out">
          <input type="hidden" name="returnTo" value={`/oauth/consent/${pending.uid}`} />
          <button type="submit" className="link hit text-13">
            {messages.switchAccount}
          </button>
        </form>
      </Top>
      <form
        id={form}
        method="post"
        action={`/oauth/consent/${pending.uid}/decide`}
        autoComplete="off"
        className="consent flex min-h-[calc(100dvh-3.5rem)] flex-col"
      >
        {/* Enter presses a form's first button (a disabled one is passed over): this one closes the dialog that is not there, so
            Enter neither allows nor cancels. */}
        <button type="submit" formMethod="dialog" hidden tabIndex={-1} />
        <input type="hidden" name="binding" value={pending.binding} />
        <main className="mx-auto grid w-full max-w-260 flex-1 items-start gap-10 px-6 pt-5 pb-10 max-lg:gap-5 max-md:px-4 max-md:pt-2 max-md:pb-5 lg:grid-cols-[340px_minmax(0,1fr)]">
          <ConsentIdentity
            facts={facts}
            redirectUri={pending.redirectUri}
            policyUri={pending.client.policyUri}
            tosUri={pending.client.tosUri}
            instance={instance}
            person={person}
          />
          <ConsentChoices
            offer={offer}
            start={startOf(view)}
            person={person}
            tasks={tasks}
            replaceable={pending.replaceable.map(({ createdAt }) => dayText(createdAt, where))}
            ends={ends}
            error={notice?.text ?? null}
          />
        </main>
        <ConsentDecision facts={facts} shown={offer.shown} ends={ends} />
      </form>
      <ConsentScript form={form} />
    </>
  );
}

function Top({ children }: Readonly<{ children?: ReactNode }>) {
  return (
    <header className="mx-auto flex h-14 max-w-260 items-center justify-between gap-2 px-6 max-md:h-13 max-md:px-4">
      <Wordmark />
      {children}
    </header>
  );
}

/** Unknown, answered, too old, or somebody else's: one page for all, which leads nowhere near the client. */
export function ConsentOver() {
  return (
    <>
      <Top />
      <main className="mx-auto max-w-150 px-6 py-10 max-md:px-4">
        <h1 className="text-28 font-hero tracking-[-0.022em] text-balance">{refusals.over.title}</h1>
        <p className="mt-2 text-pretty text-muted-foreground">{refusals.over.text}</p>
        <p className="mt-2 mb-5 text-pretty">{messages.over.what}</p>
        <ButtonLink href="/next">{messages.over.action}</ButtonLink>
      </main>
    </>
  );
}
