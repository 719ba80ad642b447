import { dayIn } from "#core/clock.ts";
import { tokenScopes } from "#core/scopes.ts";
import { ago, relativeInstant, shortDay, type Where } from "#ui/format.ts";
import { messages } from "../messages.ts";
import type { AssistantState } from "../schema.ts";

type Facts = Pick<AssistantState, "host" | "redirectUri">;

/** Where this assistant comes from: the host of its own document, else where its answers go. */
export function originOf({ host, redirectUri }: Facts): string {
  if (host) return host;
  if (!URL.canParse(redirectUri)) return messages.from.unknown;
  const { protocol, hostname, host: site } = new URL(redirectUri);
  if (protocol !== "http:" && protocol !== "https:") return messages.from.program(protocol.slice(0, -1));
  const isHere = hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
  return isHere ? messages.from.thisComputer : site;
}

/** What it may do and may not, in the words of the scopes that the person once approved. */
export function reachOf({
  approved,
  scopes,
}: Pick<AssistantState, "approved" | "scopes">): Record<"may" | "mayNot" | "knows", string[]> {
  const word = (scope: (typeof tokenScopes)[number], nth: number) => {
    const { word: text } = messages.scopes[scope];
    return nth === 0 ? text : text.charAt(0).toLowerCase() + text.slice(1);
  };
  return {
    may: tokenScopes.filter((scope) => scopes.includes(scope)).map(word),
    mayNot: tokenScopes.filter((scope) => !scopes.includes(scope)).map(word),
    knows: approved.flatMap((scope) => messages.identity[scope] ?? []),
  };
}

/** `09:04, 8 min ago` on the same day, else the day with its time. */
export function lastAt(instant: string, where: Where): string {
  const isToday = dayIn(where.zone, new Date(instant)) === dayIn(where.zone, new Date(where.now));
  return isToday ? `${relativeInstant(instant, where, true)}, ${ago(instant, where)}` : relativeInstant(instant, where);
}

const dayMs = 86_400_000;

/** `Thu 3 Dec, in 13 days`; within a day the time instead. */
export function endsAt(instant: string, where: Where): string {
  const days = Math.floor((Date.parse(instant) - where.now) / dayMs);
  if (days < 1) return relativeInstant(instant, where);
  return messages.health.inDays(shortDay(dayIn(where.zone, new Date(instant)), where, true), days);
}
