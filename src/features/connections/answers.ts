import "server-only";
import type Provider from "oidc-provider";
import type { errors, KoaContextWithOIDC } from "oidc-provider";
import { AppError, toAppError } from "#core/errors.ts";
import { readAccessToken, type TokenClaim } from "./bearer.ts";
import { endGrant, findGrant } from "./grants.ts";

// What we say beyond the library: our own access tokens at /oauth/revoke and /oauth/introspect, which it refuses for being JWTs,
// and what went wrong, for the log and for the page a person sees.

/** Why a request was refused: the error as the client gets it, and what was thrown. */
export type Trouble = { error: string; description: string; cause: unknown };

// Of the process, not of this bundle: the provider may have been made by the other one (provider.ts).
const shared = globalThis as unknown as {
  mindflowTroubles?: WeakMap<object, Trouble>;
  mindflowPages?: WeakSet<object>;
};
shared.mindflowTroubles ??= new WeakMap();
shared.mindflowPages ??= new WeakSet();
const [troubles, pages] = [shared.mindflowTroubles, shared.mindflowPages];

/** @param request Node's request, as it was handed to the library */
export const troubleOf = (request: object): Trouble | undefined => troubles.get(request);

/** Is a person to be told, on a page of ours? The library then left the answer to us. */
export const wantsPage = (request: object): boolean => pages.has(request);

/** For the library's `renderError`: nothing is sent, the mount shows a page (transports/oauth/mount.ts). */
export function leavePage(ctx: KoaContextWithOIDC): void {
  ctx.respond = false;
  // What would have been sent on (303) stays here.
  ctx.res.statusCode = ctx.status >= 400 ? ctx.status : 400;
  pages.add(ctx.req);
}

async function tokenOf(ctx: KoaContextWithOIDC): Promise<TokenClaim | null> {
  try {
    const claim = await readAccessToken(String((ctx.oidc.params as { token?: unknown }).token));
    return claim.client_id === ctx.oidc.client?.clientId ? claim : null;
  } catch (error) {
    if (error instanceof AppError && error.code === "INVALID_TOKEN") return null;
    throw error;
  }
}

/** RFC 7009 §2.1: the token's grant ends. What is not the client's own, or no token at all, is answered alike. */
async function revoke(ctx: KoaContextWithOIDC): Promise<void> {
  const claim = await tokenOf(ctx);
  if (claim) await endGrant(claim.gid, "client");
  ctx.status = 200;
  ctx.body = "";
}

/** RFC 7662 §2.2: to its own client, what a token says as long as it holds; else only that it is not active. */
async function introspect(ctx: KoaContextWithOIDC): Promise<void> {
  const claim = await tokenOf(ctx);
  const grant = claim && (await findGrant(claim.gid));
  ctx.status = 200;
  if (!claim || !grant || grant.userId !== claim.sub || grant.clientId !== claim.client_id) {
    ctx.body = { active: false };
    return;
  }
  const { sub, client_id, scope, jti, exp, iat } = claim;
  const held = scope.split(" ").filter((one) => grant.scopes.includes(one));
  ctx.body = {
    active: true,
    token_type: "Bearer",
    iss: ctx.oidc.issuer,
    scope: held.join(" "),
    sub,
    client_id,
    jti,
    exp,
    iat,
  };
}

const ours: Record<string, (ctx: KoaContextWithOIDC) => Promise<void>> = {
  revocation: revoke,
  introspection: introspect,
};

/** Hooks into a provider that was just made. */
export function answerBeyond(provider: Provider): void {
  provider.use(async (ctx, next) => {
    // The library always has its other ways to answer; metadata name one. An unknown one it refuses.
    const { response_mode: mode } = ctx.query;
    if (typeof mode === "string" && mode !== "" && mode !== "query")
      ctx.query = { ...ctx.query, response_mode: "none" };
    await next();
    const { oidc, body } = ctx as unknown as KoaContextWithOIDC & { body: Record<string, unknown> | null };
    const isJwtRefused = body?.error === "unsupported_token_type" && oidc?.client;
    const answer = isJwtRefused ? ours[oidc.route] : undefined;
    if (answer) await answer(ctx as unknown as KoaContextWithOIDC);
    if (oidc?.route === "discovery" && body) body.response_modes_supported = ["query"];
  });
  const note = (ctx: KoaContextWithOIDC, cause: Error) => {
    const { error = "server_error", error_description: description = "" } = cause as Partial<errors.OIDCProviderError>;
    troubles.set(ctx.req, { error, description, cause });
  };
  provider.on("authorization.error", note);
  provider.on("grant.error", note);
  provider.on("registration_create.error", note);
  provider.on("revocation.error", note);
  provider.on("introspection.error", note);
  provider.on("server_error", (ctx, cause) => {
    note(ctx, cause);
    const { code, retryAfterSeconds } = toAppError(cause);
    if (code !== "UNAVAILABLE") return;
    // The database is away: not a fault to report, but one to wait out.
    ctx.status = 503;
    ctx.set("Retry-After", String(retryAfterSeconds ?? 2));
  });
}
