import { z } from "zod";
import { type IdentityScope, type TokenScope, tokenScopes } from "#core/scopes.ts";
import { type Lifetime, lifetimeSeconds } from "./rules.ts";

// What the consent page offers and what its form means; its words are in components/consent-words.ts. One rule, with and without
// JavaScript: a preset says by itself what is allowed, and the switches count under "Choose myself" only. Script makes the
// switches follow a preset, and turns to "Choose myself" when one is flipped; without it they are shown only there.

export const presets = ["look", "help", "full", "own"] as const;
export type Preset = (typeof presets)[number];
export const lifetimes = Object.keys(lifetimeSeconds) as Lifetime[];
export const groups = ["see", "change", "delete"] as const;

const groupOf: Record<TokenScope, (typeof groups)[number]> = {
  "tasks:read": "see",
  "notifications:read": "see",
  "tasks:write": "change",
  "tasks:delete": "delete",
};

type Asked = readonly (TokenScope | IdentityScope)[];

const within: Record<Exclude<Preset, "own">, (scope: TokenScope) => boolean> = {
  look: (scope) => groupOf[scope] === "see",
  help: (scope) => groupOf[scope] !== "delete",
  full: () => true,
};

/** What a preset allows of what was asked. */
export const presetScopes = (asked: Asked, preset: Exclude<Preset, "own">): TokenScope[] =>
  tokenScopes.filter((scope) => asked.includes(scope) && within[preset](scope));

/** A preset is offered where it says something of its own. */
function isOffered(asked: Asked, preset: Preset): boolean {
  if (preset === "own") return true;
  const most = { look: "see", help: "change", full: "delete" } as const;
  return presetScopes(asked, preset).some((scope) => groupOf[scope] === most[preset]);
}

export type ConsentOffer = Readonly<{
  /** Scopes with a switch, by group, in a fixed order. */
  shown: readonly TokenScope[];
  identity: readonly ("profile" | "email")[];
  presets: readonly Preset[];
  /** What is chosen before the person chose: never with deleting. */
  preset: Preset;
  on: readonly TokenScope[];
}>;

/** What the page shows for these scopes; nothing beyond what was asked. */
export function offerOf(asked: Asked): ConsentOffer {
  const offered = presets.filter((preset) => isOffered(asked, preset));
  const preset = (["help", "look"] as const).find((name) => offered.includes(name)) ?? "own";
  return {
    shown: groups.flatMap((group) => tokenScopes.filter((scope) => asked.includes(scope) && groupOf[scope] === group)),
    identity: (["profile", "email"] as const).filter((scope) => asked.includes(scope)),
    presets: offered,
    preset,
    on: preset === "own" ? [] : presetScopes(asked, preset),
  };
}

/** The scopes of a group among those shown. */
export const ofGroup = (shown: readonly TokenScope[], group: (typeof groups)[number]): TokenScope[] =>
  shown.filter((scope) => groupOf[scope] === group);

const ticked = z.literal("on").optional();
const switches = Object.fromEntries(tokenScopes.map((scope) => [scope, ticked])) as Record<TokenScope, typeof ticked>;

/** The form of the consent page as it is posted; the names of the switches are the scopes themselves. */
export const consentSchema = z.strictObject({
  binding: z.string().min(1).max(2000),
  decision: z.enum(["cancel", "allow"]),
  preset: z.enum(presets),
  lifetime: z.enum(lifetimes),
  identity: ticked,
  replace: ticked,
  ...switches,
});
export type ConsentForm = z.output<typeof consentSchema>;

/** What the posted form allows, cut to what was asked and shown (security OA-08). */
export function chosenScopes(asked: Asked, form: ConsentForm): (TokenScope | "profile" | "email")[] {
  const { preset, identity } = form;
  const chosen =
    preset === "own"
      ? tokenScopes.filter((scope) => asked.includes(scope) && form[scope] === "on")
      : presetScopes(asked, preset);
  return [...chosen, ...(identity === "on" ? offerOf(asked).identity : [])];
}

/** Every combination of what is shown, for the sentence that sums up. */
export const combinations = (shown: readonly TokenScope[]): TokenScope[][] =>
  Array.from({ length: 2 ** shown.length }, (_, bits) => shown.filter((_scope, at) => (bits >> at) & 1));

/** The most tasks that are counted for the page. */
export const countMax = 10_000;

/** What the person is told when an answer was not taken. */
export const refusals = {
  nothingChosen: "Nothing was allowed yet: switch on at least one thing, or cancel.",
  over: {
    title: "This request is over",
    text: "It was answered already, it waited for more than 10 minutes, or it was started in another browser or under another account. Nothing more was allowed.",
  },
  foreign: {
    title: "Nothing was allowed",
    text: "This form was made for another sign-in or for another request. Start again in the assistant.",
  },
} as const;
