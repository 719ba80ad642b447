import "server-only";
import { createHash } from "node:crypto";
import { decode } from "@auth/core/jwt";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import { type Actor, mintActor } from "#core/context.ts";
import type { Db } from "#core/db.ts";
import { env, hasSecureCookies } from "#core/env.ts";
import { AppError } from "#core/errors.ts";
import { limits, type UserLimit } from "#core/limits.ts";
import { scopes } from "#core/scopes.ts";
import { resolveSession } from "./data.ts";

/** `__Host-` binds the cookie to this very host, path / and https (or loopback, which browsers trust) (security SE-01). */
export const cookieName = (name: "session" | "csrf" | "callback-url"): string =>
  `${hasSecureCookies() ? "__Host-" : ""}mindflow.${name}`;

/** What the sealed cookie says; the row says whether it still holds. */
export type SessionClaim = Readonly<{ sessionId: string; userId: string }>;

const claimSchema = z.object({ sid: z.uuid(), sub: z.uuid() });
const maxLength = 4096;

// Decrypting costs more than the rest of resolving together. Only what the cookie says is kept, never whether the session
// is alive: that is the row's to say, at every request. Keyed by a hash, so that memory holds no usable cookie.
const opened = new LRUCache<string, SessionClaim>({ max: 5000, ttl: 60_000 });

/** The value of a cookie in a `Cookie` header; the first one where a name comes twice. */
function cookieValue(header: string, name: string): string | null {
  for (const pair of header.split(";")) {
    const at = pair.indexOf("=");
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
}

/**
 * What the session cookie claims. Forged, truncated, oversized, sealed with another key or for another purpose: null, never
 * an error (security SE-06). Five base64url parts are checked first, so that only a compact JWE reaches the decryption.
 * @param header the request's `Cookie` header
 */
export async function readSessionCookie(header: string | null): Promise<SessionClaim | null> {
  const name = cookieName("session");
  const value = header && cookieValue(header, name);
  if (!value || value.length > maxLength || !/^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/.test(value)) return null;
  const key = createHash("sha256").update(value).digest("base64");
  const known = opened.get(key);
  if (known) return known;
  try {
    const claim = claimSchema.safeParse(await decode({ token: value, secret: env().AUTH_SECRET, salt: name }));
    if (!claim.success) return null;
    const found = { sessionId: claim.data.sid, userId: claim.data.sub };
    opened.set(key, found);
    return found;
  } catch {
    return null;
  }
}

const personScopes = new Set(scopes.filter((scope) => scope !== "admin"));
const adminScopes = new Set(scopes);

/**
 * The person behind a session cookie, from the row in one statement that also counts the request.
 * @returns null when nobody is signed in
 * @throws AppError RATE_LIMIT_EXCEEDED once the person's requests of this kind are used up
 */
export async function actorFromCookies(header: string | null, limit: UserLimit, db: Db): Promise<Actor | null> {
  const claim = await readSessionCookie(header);
  if (!claim) return null;
  const row = await resolveSession(db, claim.sessionId, { name: limit, ...limits[limit] });
  if (!row || row.userId !== claim.userId) return null;
  if (!row.ok) {
    const retryAfterSeconds = Math.max(1, Math.ceil((row.resetMs - Date.now()) / 1000));
    throw new AppError("RATE_LIMIT_EXCEEDED", `Too many requests. Try again in ${retryAfterSeconds} s.`, {
      retryAfterSeconds,
    });
  }
  return mintActor({
    userId: row.userId,
    via: "browser",
    scopes: row.role === "admin" ? adminScopes : personScopes,
    fence: null,
    sessionId: row.sessionId,
    clientId: null,
    clientName: null,
    grantId: null,
    name: row.name,
    email: row.email,
    role: row.role,
    zone: row.zone,
    theme: row.theme,
  });
}
