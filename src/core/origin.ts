import { env } from "./env.ts";
import { AppError } from "./errors.ts";

/**
 * Refuses a cookie-carrying unsafe request that our own pages did not send (design §13, security WB-01, requirements +12).
 * `Origin` must be exactly APP_URL's; `null` is foreign. A browser that leaves it out must at least say `same-origin` in
 * `Sec-Fetch-Site`, and whoever says anything else there is refused whatever the Origin. Neither header: refused, because
 * every browser sends one of them with a POST; programs have the REST door.
 * @throws AppError FORBIDDEN
 */
export function assertSameOrigin(headers: Headers): void {
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  const isOurs = origin === null ? site === "same-origin" : origin === env().APP_URL;
  if (isOurs && (site === null || site === "same-origin")) return;
  throw new AppError("FORBIDDEN", `This was sent from another site. Open ${env().APP_URL} and try again.`);
}

const fallback = "/next";
const notPages = /^\/(?:api|mcp|oauth\/(?!consent)|sign-in|sign-up|setup|_next)(?:[/?#]|$)/;

/** Decodes until nothing changes, so that `%252F` is seen for what some hop may make of it; null when it never settles. */
function decoded(value: string): string | null {
  let current = value;
  for (let round = 0; round < 4; round++) {
    let next: string;
    try {
      next = decodeURIComponent(current);
    } catch {
      // After the first round a lone % is simply text: `50%25` was `50%`.
      return round === 0 ? null : current;
    }
    if (next === current) return current;
    current = next;
  }
  return null;
}

/**
 * Where to go after a form: a path on this site, or `/next` for anything that could leave it (requirements +12).
 * @param value what the client sent, e.g. `/today?sort=due`
 */
export function safeReturnTo(value: string | null | undefined): string {
  if (!value || value.length > 500 || !value.startsWith("/")) return fallback;
  const plain = decoded(value.split(/[?#]/, 1)[0] ?? "");
  // A backslash counts as a slash in browsers, and tabs and line breaks are dropped by them.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (plain === null || /^\/\/|\\|[\u0000-\u0020\u007f]/.test(plain) || /[\\\u0000-\u0020\u007f]/.test(value))
    return fallback;
  const url = URL.canParse(value, "http://mindflow.invalid") ? new URL(value, "http://mindflow.invalid") : null;
  // Dots are resolved by the parser: `/.//evil.example` has the path `//evil.example`.
  if (url?.host !== "mindflow.invalid" || url.pathname.startsWith("//") || notPages.test(url.pathname)) return fallback;
  return `${url.pathname}${url.search}${url.hash}`;
}
