import "server-only";
import { createHash } from "node:crypto";
import { errors, jwtVerify } from "jose";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import { type Actor, mintActor } from "#core/context.ts";
import type { Db } from "#core/db.ts";
import { env } from "#core/env.ts";
import { AppError } from "#core/errors.ts";
import { type GrantLimit, limits } from "#core/limits.ts";
import { isTokenScope } from "#core/scopes.ts";
import { keepGrant, resolveGrant } from "./data.ts";
import { verifyingKey } from "./keys.ts";

/** The one resource that tokens are for; MCP and REST accept the same (design §9, RFC 8707). */
export const resource = (): string => `${env().APP_URL}/mcp`;

const claimSchema = z.object({
  sub: z.uuid(),
  client_id: z.string().min(1).max(255),
  gid: z.uuid(),
  scope: z.string().max(500).default(""),
  jti: z.string().min(1),
  exp: z.number(),
  iat: z.number(),
});

/** What an access token says (RFC 9068 §2.2); whether its grant still holds is the row's to say. */
export type TokenClaim = Readonly<z.output<typeof claimSchema> & { kid: string }>;

const maxLength = 4096;
// A signature need not be checked twice. Keyed by a hash, so that memory holds no usable token; never beyond the token's end.
const verified = new LRUCache<string, TokenClaim>({ max: 5000, ttl: 300_000 });

const refused = (message: string) => new AppError("INVALID_TOKEN", message);

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return "The access token has expired.";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "The access token's signature is not ours.";
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === "aud") return "The access token is for another resource.";
    if (error.claim === "iss") return "The access token is from another issuer.";
    return `The access token's ${error.claim} is not right.`;
  }
  return "This is no access token of this server.";
}

/**
 * Checks form, signature, issuer, audience and time of an access token (RFC 9068 §4): RS256 under one of our keys and nothing else,
 * whatever the token's header proposes.
 * @throws AppError INVALID_TOKEN that says what is wrong (requirements M-56)
 */
export async function readAccessToken(token: string): Promise<TokenClaim> {
  if (token.length > maxLength || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token))
    throw refused("This is no access token of this server.");
  const hash = createHash("sha256").update(token).digest("base64url");
  const known = verified.get(hash);
  if (known && known.exp * 1000 > Date.now()) return known;
  try {
    const { payload, protectedHeader } = await jwtVerify(
      token,
      async ({ kid }) => {
        const key = typeof kid === "string" ? await verifyingKey(kid) : null;
        if (!key) throw new errors.JWKSNoMatchingKey();
        return key;
      },
      {
        algorithms: ["RS256"],
        typ: "at+jwt",
        issuer: env().APP_URL,
        audience: resource(),
        requiredClaims: ["exp", "iat"],
      },
    );
    // Exactly this audience: a token for two would be good elsewhere as well.
    if (payload.aud !== resource()) throw new errors.JWTClaimValidationFailed("aud", payload, "aud");
    const claim = { ...claimSchema.parse(payload), kid: String(protectedHeader.kid) };
    verified.set(hash, claim);
    return claim;
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof z.ZodError) throw refused(reasonOf(error));
    throw error;
  }
}

/**
 * The token of an `Authorization` header, checked by itself: without asking whether its grant still holds.
 * @throws AppError INVALID_TOKEN
 */
export async function claimOf(header: string): Promise<TokenClaim> {
  const token = /^Bearer +([^ ]+) *$/i.exec(header)?.[1];
  if (!token) throw refused("Send the access token as: Authorization: Bearer <token>.");
  return await readAccessToken(token);
}

/**
 * Who holds this token: signature from memory or checked, then one statement that asks key, grant and person, counts the call
 * and notes the use. So a disconnect, a ban or a change of password ends a token at once, on every process.
 * @param header the `Authorization` header
 * @param limit which of the grant's limits this call counts against
 * @returns null without a bearer token
 * @throws AppError INVALID_TOKEN, or RATE_LIMIT_EXCEEDED once the grant's calls of this kind are used up
 */
export async function actorFromBearer(header: string | null, limit: GrantLimit, db: Db): Promise<Actor | null> {
  if (header === null) return null;
  const claim = await claimOf(header);
  const row = await resolveGrant(db, claim, { name: limit, ...limits[limit] });
  if (!row) throw refused("This connection was ended.");
  if (!row.ok) {
    const retryAfterSeconds = Math.max(1, Math.ceil((row.resetMs - Date.now()) / 1000));
    throw new AppError("RATE_LIMIT_EXCEEDED", `Too many calls of this kind. Try again in ${retryAfterSeconds} s.`, {
      retryAfterSeconds,
    });
  }
  if (row.isPaused)
    throw new AppError("FORBIDDEN", "The person paused this assistant. They can let it go on in MindFlow.");
  const asked = new Set(claim.scope.split(" "));
  return mintActor({
    userId: row.userId,
    via: "assistant",
    // Narrowing the grant bites at once; a token asked for less than the grant gives stays with less.
    scopes: new Set(row.scopes.filter(isTokenScope).filter((scope) => asked.has(scope))),
    fence: row.projects,
    sessionId: null,
    clientId: row.clientId,
    clientName: row.clientName,
    grantId: row.grantId,
    name: row.name,
    email: row.email,
    role: row.role,
    zone: row.zone,
    theme: row.theme,
  });
}

/**
 * Keeps the actor's connection as it is until the transaction ends, so that disconnecting takes back what was under way as well.
 * @throws INVALID_TOKEN when it was ended, paused or narrowed since the call came in
 */
export async function holdGrant(db: Db, { grantId, userId }: Actor, scope: string): Promise<void> {
  if (grantId && !(await keepGrant(db, grantId, userId, scope)))
    throw refused("This connection was ended or changed meanwhile. Nothing was done.");
}
