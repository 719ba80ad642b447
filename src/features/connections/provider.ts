import "server-only";
import { createHash, hkdfSync, timingSafeEqual } from "node:crypto";
import Provider, { type Configuration, errors, interactionPolicy, type KoaContextWithOIDC } from "oidc-provider";
import { addressKey } from "#core/address.ts";
import { env } from "#core/env.ts";
import { attempt } from "#core/ratelimit.ts";
import { identityScopes, tokenScopes } from "#core/scopes.ts";
import { adapter, fetchOrKept } from "./adapter.ts";
import { answerBeyond, leavePage } from "./answers.ts";
import { resource } from "./bearer.ts";
import { checkClient, pinnedClients } from "./clients.ts";
import { findPerson } from "./grants.ts";
import { keyNames, signingKeys } from "./keys.ts";
import { accessTokenSeconds, consentSeconds, refreshTokenSeconds } from "./rules.ts";

type Made = { names: string; provider: Promise<Provider> };
// Pages and app are separate bundles; one process needs one provider, whichever of them makes it, and what both know of a request.
const shared = globalThis as unknown as { mindflowProvider?: Made; mindflowVisitors?: WeakMap<object, string> };
/** Whom the browser's own session names, found out by the mount before the library sees the request. */
shared.mindflowVisitors ??= new WeakMap();
const visitors = shared.mindflowVisitors;

/** @param request Node's request; @param userId of the signed-in person, nobody when null */
export function visitedBy(request: object, userId: string | null): void {
  if (userId) visitors.set(request, userId);
}

// Who approves is the signed-in session and nothing else: `login_hint`, `user_id` and their like are not even looked at, and a
// session of the library's own counts only while it names the same person (requirements S0-16).
function policy() {
  const { Check, Prompt, base } = interactionPolicy;
  const prompts = base();
  prompts.clear();
  const isNeeded = (needed: boolean) => (needed ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT);
  prompts.add(
    new Prompt(
      { name: "login", requestable: true },
      new Check("no_session", "End-User authentication is required", "login_required", (ctx) => {
        const { session } = ctx.oidc;
        return isNeeded(!session?.accountId || session.accountId !== visitors.get(ctx.req));
      }),
    ),
  );
  // Always: an approval is made by a person who looks at it, and each makes a grant of its own (oauth-mcp.md §4.5, 12).
  prompts.add(
    new Prompt(
      { name: "consent", requestable: true },
      new Check("always", "consent is asked every time", "consent_required", (ctx) =>
        isNeeded(!ctx.oidc.result?.consent),
      ),
    ),
  );
  return prompts;
}

async function findAccount(_: KoaContextWithOIDC, id: string) {
  const person = await findPerson(id);
  if (!person) return undefined;
  const { name, email, isVerified } = person;
  return { accountId: id, claims: () => ({ sub: id, name, email, email_verified: isVerified }) };
}

/** A refusal of ours in the library's words: 429 with the seconds to wait. */
async function limited(name: "refreshByGrant" | "clientDocument", key: string, ctx: KoaContextWithOIDC): Promise<void> {
  try {
    await attempt(name, key);
  } catch (error) {
    const seconds = (error as { retryAfterSeconds?: number }).retryAfterSeconds;
    if (seconds === undefined) throw error;
    ctx.set("Retry-After", String(seconds));
    throw Object.assign(
      new errors.CustomOIDCProviderError("temporarily_unavailable", `too often, try again in ${seconds} s`),
      {
        status: 429,
        statusCode: 429,
      },
    );
  }
}

const cookieKey = () =>
  Buffer.from(hkdfSync("sha256", env().FLOW_SECRET, "", "mindflow authorization cookies", 32)).toString("base64url");

const resourceServer = () => ({
  scope: tokenScopes.join(" "),
  audience: resource(),
  accessTokenTTL: accessTokenSeconds,
  accessTokenFormat: "jwt" as const,
  jwt: { sign: { alg: "RS256" as const } },
});

function configuration(keys: Awaited<ReturnType<typeof signingKeys>>): Configuration {
  return {
    adapter,
    jwks: { keys: keys as never },
    clients: pinnedClients as never,
    scopes: [...identityScopes, ...tokenScopes],
    claims: { openid: ["sub"], profile: ["name"], email: ["email", "email_verified"] },
    conformIdTokenClaims: false,
    responseTypes: ["code"],
    // Both requests name where the answer goes (requirements M-26, M-34).
    allowOmittingSingleRegisteredRedirectUri: false,
    clientAuthMethods: ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"],
    clientDefaults: {
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
    },
    // Called once for each property named here, with the whole document at hand: one name, one call.
    extraClientMetadata: { properties: ["software_id"], validator: (_, __, ___, metadata) => checkClient(metadata) },
    // A request that names no scope would end without one; reading is the least that is of use.
    extraParams: {
      default_scope: (ctx) => {
        const params = ctx.oidc.params as { scope?: string };
        params.scope ||= "tasks:read";
      },
    },
    pkce: { required: () => true },
    findAccount,
    interactions: {
      policy: policy(),
      url: (_, interaction) =>
        `/oauth/consent/${interaction.uid}${interaction.prompt.name === "login" ? "/sign-in" : ""}`,
    },
    loadExistingGrant: async (ctx) => {
      const grantId = ctx.oidc.result?.consent?.grantId;
      return grantId ? await ctx.oidc.provider.Grant.find(grantId) : undefined;
    },
    extraTokenClaims: (_, token) => ("grantId" in token && token.grantId ? { gid: token.grantId } : undefined),
    issueRefreshToken: (_, client) => client.grantTypeAllowed("refresh_token"),
    rotateRefreshToken: async (ctx) => {
      await limited("refreshByGrant", String(ctx.oidc.entities.RefreshToken?.grantId), ctx);
      return true;
    },
    // Signing out of the browser leaves the assistants alone; they have a page of their own.
    expiresWithSession: () => false,
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      dPoP: { enabled: false },
      registration: { enabled: true, issueRegistrationAccessToken: false },
      clientIdMetadataDocument: {
        enabled: true,
        ack: "draft-02",
        // Without a context it is the consent page that looks the client up, for a request that was let in before, maybe by
        // another process.
        allowFetch: async (ctx: KoaContextWithOIDC | undefined, clientId: string) => {
          if (ctx) await limited("clientDocument", addressKey(ctx.ip), ctx);
          return clientId.length <= 255;
        },
      },
      revocation: { enabled: true, allowedPolicy: (_, client, token) => token.clientId === client.clientId },
      introspection: { enabled: true, allowedPolicy: (_, client, token) => token.clientId === client.clientId },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource(),
        useGrantedResource: () => true,
        getResourceServerInfo: (_, indicator) => {
          if (indicator !== resource()) throw new errors.InvalidTarget("there is no such resource here");
          return resourceServer();
        },
      },
    } as Configuration["features"],
    fetchResponseBodyLimits: { "client_id metadata document": 5 * 1024, jwks_uri: 64 * 1024 },
    fetch: (input, options) => fetchOrKept(input instanceof Request ? input.url : input, options),
    routes: {
      authorization: "/oauth/authorize",
      token: "/oauth/token",
      registration: "/oauth/register",
      revocation: "/oauth/revoke",
      introspection: "/oauth/introspect",
      jwks: "/.well-known/jwks.json",
    },
    renderError: leavePage,
    cookies: {
      names: { session: "mindflow.as", interaction: "mindflow.as-request", resume: "mindflow.as-resume" },
      keys: [cookieKey()],
      long: { signed: true, httpOnly: true, sameSite: "lax", path: "/oauth" },
      short: { signed: true, httpOnly: true, sameSite: "lax" },
    },
    ttl: {
      AuthorizationCode: 60,
      AccessToken: accessTokenSeconds,
      IdToken: accessTokenSeconds,
      Interaction: consentSeconds,
      // Only carries a request from sign-in to consent.
      Session: consentSeconds,
      Grant: refreshTokenSeconds,
      RefreshToken: (ctx) => {
        const end = ctx.oidc.entities.Grant?.exp;
        return end === undefined
          ? refreshTokenSeconds
          : Math.max(1, Math.min(refreshTokenSeconds, end - Math.floor(Date.now() / 1000)));
      },
    },
  };
}

// Secrets of clients are stored as their SHA-256 (adapter.ts), so that is what is compared.
function compareHashes(provider: Provider): void {
  Object.defineProperty(provider.Client.prototype, "compareClientSecret", {
    value(this: { clientSecret?: string }, actual: string) {
      const [ours, theirs] = [this.clientSecret ?? "", createHash("sha256").update(actual).digest("base64url")];
      return ours.length === theirs.length && timingSafeEqual(Buffer.from(ours), Buffer.from(theirs));
    },
  });
}

// Whoever registers a client here could else use our name for a link that leads to their site at once, seen by nobody who signed
// in (RFC 9700 §4.11.2): such a request gets a page that says what is wrong. Clients with a document are known by their host.
function keepStrangersHere(provider: Provider): void {
  provider.on("authorization.error", (ctx, error) => {
    const isStranger = !URL.canParse(ctx.oidc.client?.clientId ?? "");
    if (isStranger && !visitors.has(ctx.req)) Object.assign(error, { allow_redirect: false });
  });
}

async function make(): Promise<Provider> {
  const provider = new Provider(env().APP_URL, configuration(await signingKeys()));
  // What the mount writes over the forwarding headers is all there is to trust (transports/oauth/mount.ts).
  provider.proxy = true;
  compareHashes(provider);
  answerBeyond(provider);
  keepStrangersHere(provider);
  return provider;
}

/**
 * The authorization server. Asks at every call which signing keys there are, and is made anew when one was added or ran out, so
 * that a rotation reaches every process without a restart.
 */
export async function authorizationServer(): Promise<Provider> {
  const names = await keyNames();
  if (!names || shared.mindflowProvider?.names !== names) {
    const provider = make();
    shared.mindflowProvider = { names: names || (await provider.then(keyNames)), provider };
    provider.catch(() => delete shared.mindflowProvider);
  }
  return await (shared.mindflowProvider as Made).provider;
}
