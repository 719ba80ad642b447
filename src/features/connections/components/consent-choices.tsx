import { clsx } from "clsx";
import { Check } from "lucide-react";
import type { ReactNode } from "react";
import type { TokenScope } from "#core/scopes.ts";
import { Notice } from "#ui/notice.tsx";
import { Switch } from "#ui/switch.tsx";
import { type ConsentOffer, groups, lifetimes, ofGroup, type Preset, presetScopes } from "../consent.ts";
import type { Lifetime } from "../rules.ts";
import { type endText, identityText, messages, presetText, replaceText, scopeText } from "./consent-words.ts";

/** What is ticked when the page opens: what we propose, or what the person chose before something was missing. */
export type ConsentStart = Readonly<{
  preset: Preset;
  on: readonly TokenScope[];
  lifetime: Lifetime;
  identity: boolean;
  replace: boolean;
}>;

type ChoicesProps = Readonly<{
  offer: ConsentOffer;
  start: ConsentStart;
  person: Readonly<{ name: string; email: string }>;
  /** How many tasks the person has. */
  tasks: number;
  /** Days that connections which could be replaced were made on. */
  replaceable: readonly string[];
  ends: Readonly<Record<Lifetime, ReturnType<typeof endText>>>;
  error: string | null;
}>;

const question = "text-15 font-[620] tracking-row";

/** The whole of what is decided: how much, what that means, how long, and what it does to connections made before. */
export function ConsentChoices({ offer, start, person, tasks, replaceable, ends, error }: ChoicesProps) {
  return (
    <div className="min-w-0 divide-y divide-border rounded-xl border border-border bg-card px-6 shadow-sm *:py-5 max-md:px-4 max-md:*:py-4.5">
      {error && (
        <div>
          <Notice tone="danger">{error}</Notice>
        </div>
      )}
      {offer.shown.length === 0 && (
        <div>
          <Notice tone="warn">{messages.nothingAsked}</Notice>
        </div>
      )}
      <fieldset className="min-w-0">
        <legend className="float-start mb-2.5 w-full">
          <h2 className={question}>{messages.howMuch}</h2>
        </legend>
        <div
          className={clsx(
            "clear-both grid grid-cols-2 gap-2",
            offer.presets.length > 3 ? "md:grid-cols-[repeat(3,1fr)_1.15fr]" : "md:grid-cols-3",
          )}
        >
          {offer.presets.map((preset) => (
            <PresetCard key={preset} preset={preset} offer={offer} isStart={preset === start.preset} />
          ))}
        </div>
      </fieldset>
      <section aria-labelledby="means">
        <h2 id="means" className={question}>
          {messages.means}
        </h2>
        <div className="divide-y divide-border">
          {groups.map((group) => {
            const scopes = ofGroup(offer.shown, group);
            return (
              scopes.length > 0 && (
                <Group key={group} id={group} title={messages.groups[group]}>
                  {scopes.map((scope) => (
                    <ScopeRow key={scope} scope={scope} tasks={tasks} isOn={start.on.includes(scope)} />
                  ))}
                </Group>
              )
            );
          })}
          {offer.identity.length > 0 && (
            <Group id="you" title={messages.groups.you}>
              <SwitchRow
                name="identity"
                {...identityText(offer.identity, person.name, person.email)}
                isOn={start.identity}
              />
            </Group>
          )}
        </div>
      </section>
      <fieldset className="min-w-0">
        <legend className="float-start mb-2.5 w-full">
          <h2 className={question}>{messages.howLong}</h2>
        </legend>
        <div className="clear-both inline-flex flex-wrap gap-0.5 rounded-[9px] bg-muted p-0.75 max-md:grid max-md:grid-cols-3">
          {lifetimes.map((lifetime) => (
            <label
              key={lifetime}
              className="relative flex h-8 cursor-pointer items-center justify-center rounded-[7px] px-3.25 text-center font-medium text-muted-foreground has-checked:bg-card has-checked:font-semibold has-checked:text-foreground has-checked:shadow-[var(--shadow-2),0_0_0_1px_var(--border-strong)] has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-ring forced-colors:has-checked:border forced-colors:has-checked:border-[Highlight] touch:h-11 max-md:px-1.5"
            >
              <input
                type="radio"
                name="lifetime"
                value={lifetime}
                defaultChecked={lifetime === start.lifetime}
                data-fill=""
                className="absolute inset-0 m-0 cursor-pointer appearance-none rounded-[7px] opacity-0"
              />
              {messages.lifetimes[lifetime]}
            </label>
          ))}
        </div>
        {lifetimes.map((lifetime) => (
          <p key={lifetime} data-for={lifetime} className="num mt-2 text-13 text-pretty text-muted-foreground">
            {ends[lifetime].long} {lifetime === "open" ? null : messages.keepsOn}
          </p>
        ))}
      </fieldset>
      {replaceable.length > 0 && (
        <section aria-labelledby="before">
          <h2 id="before" className={question}>
            {messages.before}
          </h2>
          <SwitchRow name="replace" {...replaceText(replaceable)} isOn={start.replace} />
        </section>
      )}
      <p className="text-13 text-muted-foreground">
        {messages.after}{" "}
        <a href="/assistants" className="link">
          {messages.assistants}
        </a>
        .
      </p>
    </div>
  );
}

function PresetCard({ preset, offer, isStart }: Readonly<{ preset: Preset; offer: ConsentOffer; isStart: boolean }>) {
  const { label } = messages.presets[preset];
  return (
    <label className="group relative block cursor-pointer rounded-lg border border-control px-2.5 pt-2.5 pb-2.75 text-12 text-muted-foreground transition-colors duration-(--fast) hover:bg-accent has-checked:border-primary has-checked:bg-tint has-checked:inset-ring has-checked:inset-ring-primary has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-ring">
      <input
        type="radio"
        name="preset"
        value={preset}
        defaultChecked={isStart}
        data-gives={preset === "own" ? undefined : presetScopes(offer.shown, preset).join(" ")}
        className="absolute inset-0 m-0 cursor-pointer appearance-none opacity-0"
      />
      <b className="mb-0.5 block pe-3.5 text-14 text-foreground">{label}</b>
      {presetText(preset, offer.shown)}
      <Check
        aria-hidden="true"
        className="absolute end-2.25 top-3 hidden size-4 text-primary group-has-checked:block"
      />
    </label>
  );
}

function Group({ id, title, children }: Readonly<{ id: string; title: string; children: ReactNode }>) {
  return (
    <fieldset aria-labelledby={`group-${id}`} className="grid min-w-0 gap-x-2 py-1 md:grid-cols-[76px_minmax(0,1fr)]">
      <h3 id={`group-${id}`} className="pt-2.25 text-13 font-semibold text-muted-foreground max-md:pt-2.5">
        {title}
      </h3>
      <div>{children}</div>
    </fieldset>
  );
}

function ScopeRow({ scope, tasks, isOn }: Readonly<{ scope: TokenScope; tasks: number; isOn: boolean }>) {
  return (
    <SwitchRow name={scope} {...scopeText(scope, tasks)} isOn={isOn} follows>
      <span data-fixed="" className="flex-none text-13 font-strong text-muted-foreground">
        <span data-needs={scope} className="text-foreground">
          {messages.on}
        </span>
        <span data-lacks={scope}>{messages.off}</span>
      </span>
    </SwitchRow>
  );
}

type RowProps = Readonly<{
  name: string;
  label: string;
  text: string;
  isOn: boolean;
  /** Set by a preset; by hand only where the person chooses alone. */
  follows?: boolean;
  children?: ReactNode;
}>;

function SwitchRow({ name, label, text, isOn, follows = false, children }: RowProps) {
  const id = `switch-${name.replace(":", "-")}`;
  return (
    <div className="flex min-h-11 items-center gap-4 py-2">
      <label htmlFor={id} className="min-w-0 flex-1">
        <span id={`${id}-label`} className="block font-strong">
          {label}
        </span>
        <span id={`${id}-text`} className="block text-13 text-pretty text-muted-foreground">
          {text}
        </span>
      </label>
      {children}
      <Switch
        id={id}
        name={name}
        defaultChecked={isOn}
        aria-labelledby={`${id}-label`}
        aria-describedby={`${id}-text`}
        {...(follows ? { "data-switch": "" } : {})}
      />
    </div>
  );
}
