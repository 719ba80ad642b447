import { clsx } from "clsx";
import { BadgeAlert, BadgeCheck, Globe, Info, TriangleAlert, X } from "lucide-react";
import { Avatar } from "#ui/avatar.tsx";
import type { ConsentFacts, Warning } from "../policy.ts";
import { destinationText, messages, warningText } from "./consent-words.ts";

const badges = {
  verified: { icon: BadgeCheck, tone: "text-success" },
  domain: { icon: Globe, tone: "text-foreground" },
  self: { icon: BadgeAlert, tone: "text-warn" },
};

type IdentityProps = Readonly<{
  facts: ConsentFacts;
  redirectUri: string;
  policyUri: string | null;
  tosUri: string | null;
  /** Host that this MindFlow is reached under. */
  instance: string;
  person: Readonly<{ name: string; email: string }>;
}>;

/** Who asks, from where, where the answer goes, and who is asked: by addresses first, because the name is the app's own. */
export function ConsentIdentity({ facts, redirectUri, policyUri, tosUri, instance, person }: IdentityProps) {
  const { name, trust, from, to, warnings } = facts;
  const { icon: Icon, tone } = badges[trust];
  const hint = { verified: null, domain: messages.trustHint.domain(from ?? ""), self: messages.trustHint.self }[trust];
  return (
    <div className="lg:sticky lg:top-5">
      <div className="flex items-center gap-3">
        <Avatar kind="assistant" name={name} colour="plum" size="hero" />
        <div className="min-w-0">
          <p className={clsx("flex items-center gap-1.25 text-13 font-medium", tone)}>
            <Icon aria-hidden="true" className="size-3.5" />
            {messages.trust[trust]}
          </p>
          {hint && <p className="text-12 text-pretty text-muted-foreground">{hint}</p>}
        </div>
      </div>
      <h1 className="mt-3.5 mb-1.5 text-28 font-hero tracking-[-0.022em] text-balance">
        {messages.question[0]}
        <bdi>{name}</bdi>
        {messages.question[1]}
      </h1>
      <p className="mb-3.5 text-muted-foreground">
        {messages.tasksOn}{" "}
        <b dir="ltr" className="text-foreground">
          {instance}
        </b>
      </p>
      <div className="divide-y divide-border overflow-hidden rounded-xl border border-border bg-card">
        <div className="px-4 py-2.25">
          <p className="text-12 font-strong text-faint">{messages.asksFrom}</p>
          <Place>{from}</Place>
        </div>
        <div className="px-4 py-2.25">
          <p className="text-12 font-strong text-faint">{messages.sendsBack}</p>
          <Place isWords={to.kind !== "site"}>{destinationText(to)}</Place>
          {to.kind === "scheme" && <p className="text-13 text-muted-foreground">{messages.opens(to.scheme)}</p>}
          <details className="mt-0.5">
            <summary className="hit inline-block text-12 text-faint underline decoration-input underline-offset-3">
              {messages.fullAddress}
            </summary>
            <code dir="ltr" className="mt-1 block font-mono text-12 break-all text-muted-foreground">
              {redirectUri}
            </code>
            <p className="mt-1.5 text-12 text-muted-foreground">{messages.pkce}</p>
            <Documents policyUri={policyUri} tosUri={tosUri} />
          </details>
        </div>
        <div className="flex items-center gap-3 px-4 py-2.5">
          <Avatar kind="person" name={person.name} size="large" />
          <p className="min-w-0">
            <span className="sr-only">{messages.you} </span>
            <bdi className="block font-semibold">{person.name}</bdi>
            <bdi className="block text-13 text-muted-foreground">{person.email}</bdi>
          </p>
        </div>
      </div>
      <Warnings {...facts} warnings={warnings} />
      <div className="mt-4">
        <h2 className="mb-1.5 text-14 font-semibold">{messages.cannot.title}</h2>
        <ul>
          {messages.cannot.items.map((item) => (
            <li key={item} className="flex gap-2 py-px text-13 text-muted-foreground">
              <X aria-hidden="true" className="mt-0.75 size-3.5 text-faint" />
              {item}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

/** An address in large type, or words where there is none. */
function Place({ children, isWords = false }: Readonly<{ children: string | null; isWords?: boolean }>) {
  return children === null || isWords ? (
    <p className="text-21 font-heavy tracking-[-0.01em] text-balance">{children ?? messages.noAddress}</p>
  ) : (
    <p dir="ltr" className="text-21 font-heavy tracking-[-0.01em] break-words">
      {children}
    </p>
  );
}

/** What the app wrote about itself lies on its own site; the host is told before anybody follows. */
function Documents({ policyUri, tosUri }: Readonly<{ policyUri: string | null; tosUri: string | null }>) {
  const links = [
    [messages.policy, policyUri],
    [messages.terms, tosUri],
  ] as const;
  return links.map(
    ([label, uri]) =>
      uri && (
        <p key={label} className="mt-1.5 text-12 text-muted-foreground">
          {label}:{" "}
          <a href={uri} target="_blank" rel="noopener noreferrer nofollow" dir="ltr" className="link">
            {new URL(uri).host}
          </a>
        </p>
      ),
  );
}

const keyOf = (warning: Warning) => ("host" in warning ? `${warning.kind} ${warning.host}` : warning.kind);

function Warnings(facts: ConsentFacts) {
  return facts.warnings.map((warning) => {
    const { title, text } = warningText(warning, facts);
    const Icon = warning.kind === "first" ? Info : TriangleAlert;
    return (
      <p
        key={keyOf(warning)}
        data-outline=""
        className="mt-2.5 flex gap-2.5 rounded-lg bg-warn-tint px-3 py-2.25 text-13 text-pretty"
      >
        <Icon aria-hidden="true" className="mt-0.5 size-4 text-warn" />
        <span className="min-w-0">
          <b>{title}</b> {text}
        </span>
      </p>
    );
  });
}
