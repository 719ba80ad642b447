/** How long an access token lives (design §9). */
export const accessTokenSeconds = 3600;
/** A refresh token that nobody uses ends after this; the end that the person chose comes first. */
export const refreshTokenSeconds = 90 * 24 * 3600;
/** Within this time of its rotation a refresh token still gives a sibling in the same grant (design §12). */
export const refreshGraceSeconds = 60;
/** A request waits this long for its person. */
export const consentSeconds = 600;

/** How long a connection lasts, as the person chooses it; `open` is until they end it. */
export const lifetimeSeconds = {
  hour: 3600,
  day: 24 * 3600,
  month: 30 * 24 * 3600,
  quarter: 90 * 24 * 3600,
  open: null,
} as const;
export type Lifetime = keyof typeof lifetimeSeconds;

/** How far back to undo, in words that forms can send. Here and not in schema.ts: pages ask for it, and must not load zod for that. */
export const spans = ["hour", "today", "day", "connected"] as const;
export type Span = (typeof spans)[number];
export const isSpan = (text: unknown): text is Span => spans.some((span) => span === text);
