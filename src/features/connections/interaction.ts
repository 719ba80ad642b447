import "server-only";
import { createHash } from "node:crypto";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { sealData, unsealData } from "iron-session";
import { errors, type default as Provider } from "oidc-provider";
import type { Actor } from "#core/context.ts";
import { pooled, sql, transaction } from "#core/db.ts";
import { env, isLoopback } from "#core/env.ts";
import { AppError } from "#core/errors.ts";
import { newId } from "#core/id.ts";
import { type IdentityScope, identityScopes, isTokenScope, type TokenScope } from "#core/scopes.ts";
import { plainName } from "#core/text.ts";
import { sessionStart } from "#features/identity/data.ts";
import { notifyAssistant } from "#features/notifications/service.ts";
import { isPinned } from "./clients.ts";
import { holds, recordKey } from "./data.ts";
import { consentFacts } from "./policy.ts";
import { authorizationServer } from "./provider.ts";
import { consentSeconds, type Lifetime, lifetimeSeconds } from "./rules.ts";

/** Everything the consent page tells about a request that waits for its person. */
export type PendingConsent = Readonly<{
  uid: string;
  userId: string;
  expiresAt: Date;
  client: Readonly<{
    id: string;
    /** What it calls itself: shown, never trusted. */
    name: string;
    /** Host of a client_id that is an address. */
    host: string | null;
    trust: "verified" | "domain" | "self";
    policyUri: string | null;
    tosUri: string | null;
  }>;
  redirectUri: string;
  /** Every redirect the client registered leads to the person's own computer. */
  isLoopbackOnly: boolean;
  asked: readonly (TokenScope | IdentityScope)[];
  /** When this person first approved this client; null for the first time. */
  firstSeen: Date | null;
  /** Live connections of this person to the same client and redirect. */
  replaceable: readonly Readonly<{ id: string; createdAt: Date; lastUsedAt: Date | null }>[];
  /** For a hidden field: binds the answer to session, request, client, redirect and scopes. */
  binding: string;
}>;

/** What the person chose. Scopes beyond those asked for are cut off. */
export type ConsentChoice = Readonly<{
  scopes: readonly (TokenScope | IdentityScope)[];
  lifetime: Lifetime;
  /** End the connections that `replaceable` names. */
  replace: boolean;
}>;

type Origin = Readonly<{ requestId: string; address: string | null }>;

type Interaction = Awaited<ReturnType<Provider["interactionDetails"]>>;

/**
 * The request that this browser started: named by its own signed cookie, which the library checks.
 * @returns null when it is unknown, over, or another browser's
 */
async function interactionOf(headers: Headers, uid: string): Promise<Interaction | null> {
  const provider = await authorizationServer();
  // The library reads cookies from Node's request; that is all it wants of it.
  const request = new IncomingMessage(new Socket());
  request.headers.cookie = headers.get("cookie") ?? "";
  try {
    const interaction = await provider.interactionDetails(request, new ServerResponse(request));
    return interaction.uid === uid ? interaction : null;
  } catch (error) {
    if (error instanceof errors.SessionNotFound) return null;
    throw error;
  }
}

const isScope = (scope: string): scope is TokenScope | IdentityScope =>
  isTokenScope(scope) || (identityScopes as readonly string[]).includes(scope);

const paramsOf = ({ params }: Interaction) => ({
  clientId: String(params.client_id),
  redirectUri: String(params.redirect_uri),
  asked: [...new Set(String(params.scope ?? "").split(" "))].filter(isScope),
});

const sealing = () => ({ password: env().FLOW_SECRET, ttl: consentSeconds });
const bound = (actor: Actor, interaction: Interaction) =>
  createHash("sha256")
    .update(JSON.stringify([actor.userId, actor.sessionId, interaction.uid, interaction.params]))
    .digest("base64url");

const hostOf = (uri: string): string | null => (URL.canParse(uri) ? new URL(uri).host || null : null);
const hostnameOf = (uri: string): string => (URL.canParse(uri) ? new URL(uri).hostname : "");
const httpsOnly = (uri: unknown): string | null =>
  typeof uri === "string" && URL.canParse(uri) && new URL(uri).protocol === "https:" ? uri : null;

const seen = sql(`
SELECT min(g.created_at) AS "firstSeen",
  coalesce(jsonb_agg(jsonb_build_object('id', g.id, 'createdAt', g.created_at, 'lastUsedAt', g.last_used_at) ORDER BY g.created_at DESC)
    FILTER (WHERE g.redirect_uri = $3 AND ${holds}), '[]') AS replaceable
FROM grants g JOIN users u ON u.id = g.user_id WHERE g.user_id = $1::uuid AND g.client_id = $2`);

type Seen = { firstSeen: string | null; replaceable: { id: string; createdAt: string; lastUsedAt: string | null }[] };

/**
 * The request that the signed-in person is asked to approve.
 * @returns null when it is unknown, over, decided, another browser's or another person's
 */
export async function pendingConsent(headers: Headers, actor: Actor, uid: string): Promise<PendingConsent | null> {
  const interaction = await interactionOf(headers, uid);
  if (interaction?.prompt.name !== "consent" || interaction.session?.accountId !== actor.userId) return null;
  if (interaction.result) return null;
  const { clientId, redirectUri, asked } = paramsOf(interaction);
  const client = await (await authorizationServer()).Client.find(clientId);
  if (!client) return null;
  const [known] = await pooled().query<Seen>(seen, [actor.userId, clientId, redirectUri]);
  const host = hostOf(clientId);
  return {
    uid,
    userId: actor.userId,
    expiresAt: new Date(interaction.exp * 1000),
    client: {
      id: clientId,
      name: plainName(client.clientName ?? "") || host || "Unnamed app",
      host,
      trust: isPinned(clientId) ? "verified" : host ? "domain" : "self",
      policyUri: httpsOnly(client.policyUri),
      tosUri: httpsOnly(client.tosUri),
    },
    redirectUri,
    isLoopbackOnly: (client.redirectUris ?? []).every((uri) => isLoopback(hostnameOf(uri))),
    asked,
    firstSeen: known?.firstSeen ? new Date(known.firstSeen) : null,
    replaceable: (known?.replaceable ?? []).map((grant) => ({
      id: grant.id,
      createdAt: new Date(grant.createdAt),
      lastUsedAt: grant.lastUsedAt ? new Date(grant.lastUsedAt) : null,
    })),
    binding: await sealData(bound(actor, interaction), sealing()),
  };
}

/**
 * Where the same request starts over, when the browser's person is no longer the one it was started for (they switched account).
 * @returns a path with the parameters the client sent, or null when there is nothing to start over
 */
export async function restartOf(headers: Headers, actor: Actor, uid: string): Promise<string | null> {
  const interaction = await interactionOf(headers, uid);
  if (!interaction || interaction.session?.accountId === actor.userId) return null;
  const entries = Object.entries(interaction.params).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return `/oauth/authorize?${new URLSearchParams(entries)}`;
}

// The one place where a request is decided: whoever sets `consumed_at` first. Of two answers, to whatever process, one counts.
const decide = sql(`
UPDATE oauth_records SET consumed_at = now(),
  payload = payload || jsonb_build_object('result', coalesce(payload->'lastSubmission', '{}') || $2::jsonb)
WHERE model = 'Interaction' AND id = $1 AND consumed_at IS NULL AND expires_at > now()
RETURNING payload->>'returnTo' AS "returnTo"`);

// A client that was approved once stays registered.
const insert = sql(`
WITH kept AS (UPDATE oauth_records SET expires_at = NULL WHERE model = 'Client' AND id = $10), audit AS (
  INSERT INTO audit_events (id, user_id, via, action, resource_id, result, request_id, address, grant_id)
  VALUES ($11::uuid, $2::uuid, 'browser', 'connection.approved', $1::uuid, 'success', $12, $13, $1::uuid)
)
INSERT INTO grants (id, user_id, client_id, client_name, client_host, trust, redirect_uri, color, approved, scopes, expires_at)
SELECT $1::uuid, $2::uuid, $3, $4, $5, $6, $7, (SELECT count(*) % 6 FROM grants WHERE user_id = $2::uuid), $8::text[], $8::text[],
  now() + $9::int * interval '1 second'`);

const replaced = sql(`
WITH ended AS (
  UPDATE grants SET ended_at = now(), ended_by = 'replaced' WHERE user_id = $1::uuid AND id = ANY($2::uuid[]) AND ended_at IS NULL RETURNING id
) DELETE FROM oauth_records WHERE grant_id = ANY(SELECT id FROM ended)`);

const over = () =>
  new AppError("CONFLICT", "This request was answered already, or it ran out. Start again in the app that asked.");

/** @throws CONFLICT when the request is over, FORBIDDEN when the form was not made for this session and this request */
async function verify(headers: Headers, actor: Actor, uid: string, binding: string): Promise<Interaction> {
  const interaction = await interactionOf(headers, uid);
  if (interaction?.prompt.name !== "consent" || interaction.session?.accountId !== actor.userId) throw over();
  if (binding.length > 2000 || (await unsealData(binding, sealing())) !== bound(actor, interaction))
    throw new AppError("FORBIDDEN", "This form belongs to another sign-in. Load the page again.");
  return interaction;
}

/**
 * Records the person's yes: the connection, the audit, the notice and the answer to the client in one transaction, once.
 * @param binding from the form, see `PendingConsent`
 * @returns where to send the browser (303), which ends at the client's redirect with a code
 * @throws AppError CONFLICT, FORBIDDEN; VALIDATION_ERROR when nothing was chosen
 */
export async function approveConsent(
  headers: Headers,
  actor: Actor,
  uid: string,
  binding: string,
  choice: ConsentChoice,
  { requestId, address }: Origin,
): Promise<string> {
  const pending = await pendingConsent(headers, actor, uid);
  if (!pending) throw over();
  await verify(headers, actor, uid, binding);
  const { client, asked, redirectUri, replaceable } = pending;
  const always = ["openid", "offline_access"] as const;
  const scopes = asked.filter(
    (scope) => choice.scopes.includes(scope) || (always as readonly string[]).includes(scope),
  );
  if (!scopes.some(isTokenScope))
    throw new AppError("VALIDATION_ERROR", "Allow at least one thing, or cancel.", {
      details: [{ field: "scopes", message: "Choose at least one." }],
    });
  const id = newId();
  const seconds = lifetimeSeconds[choice.lifetime];
  return await transaction(async (db) => {
    const [decided] = await db.query<{ returnTo: string }>(decide, [recordKey(uid), { consent: { grantId: id } }]);
    if (!decided) throw over();
    // As the page said it: any program of this computer can go by a client_id that is known.
    const { trust } = consentFacts(pending);
    const values = [id, actor.userId, client.id, client.name.slice(0, 255), client.host, trust, redirectUri];
    await db.query(insert, [...values, scopes, seconds, recordKey(client.id), newId(), requestId, address]);
    if (choice.replace) await db.query(replaced, [actor.userId, replaceable.map((grant) => grant.id)]);
    await notifyAssistant(db, {
      userId: actor.userId,
      grantId: id,
      clientName: client.name,
      type: "ASSISTANT_CONNECTED",
    });
    return decided.returnTo;
  });
}

const declined = sql(`
INSERT INTO audit_events (id, user_id, via, action, result, code, request_id, address)
VALUES ($1::uuid, $2::uuid, 'browser', 'connection.declined', 'success', 'access_denied', $3, $4)`);

/** Records the person's no. @returns where to send the browser (303), which ends at the client with `access_denied` @throws as approveConsent */
export async function refuseConsent(
  headers: Headers,
  actor: Actor,
  uid: string,
  binding: string,
  { requestId, address }: Origin,
): Promise<string> {
  await verify(headers, actor, uid, binding);
  return await transaction(async (db) => {
    const answer = { error: "access_denied", error_description: "the person declined" };
    const [decided] = await db.query<{ returnTo: string }>(decide, [recordKey(uid), answer]);
    if (!decided) throw over();
    await db.query(declined, [newId(), actor.userId, requestId, address]);
    return decided.returnTo;
  });
}

/**
 * Tells the library who is signed in, and since when, so that the request goes on.
 * @returns where to send the browser (303), or null when the request is unknown or over
 */
export async function continueAs(headers: Headers, actor: Actor, uid: string): Promise<string | null> {
  const interaction = await interactionOf(headers, uid);
  if (interaction?.prompt.name !== "login" || !actor.sessionId) return null;
  const since = await sessionStart(actor.sessionId);
  const result = { login: { accountId: actor.userId, ts: Math.floor(since.getTime() / 1000), remember: false } };
  const [decided] = await pooled().query<{ returnTo: string }>(decide, [recordKey(uid), result]);
  return decided?.returnTo ?? null;
}
