import { type CryptoKey, importJWK, SignJWT } from "jose";
import { pooled, sql } from "#core/db.ts";
import { env } from "#core/env.ts";
import { newId } from "#core/id.ts";
import { resource } from "#features/connections/bearer.ts";
import { signingKeys } from "#features/connections/keys.ts";
import type { Person } from "./factories.ts";

export type TestGrant = { id: string; userId: string; clientId: string; scopes: readonly string[] };

const insert = sql(`
INSERT INTO grants (id, user_id, client_id, client_name, client_host, trust, redirect_uri, color, approved, scopes, projects, expires_at)
VALUES ($1, $2, $3, $4, $5, 'domain', $6, 0, $7, $7, $8::uuid[], $9)`);

/** An approval as the consent page would leave it. */
export async function makeGrant(
  person: Person,
  values: {
    scopes?: readonly string[];
    clientId?: string;
    clientName?: string;
    projects?: string[];
    expiresAt?: Date;
  } = {},
): Promise<TestGrant> {
  const { scopes = ["tasks:read", "tasks:write"], clientId = "https://assistant.example/client.json" } = values;
  const id = newId();
  await pooled().query(insert, [
    id,
    person.id,
    clientId,
    values.clientName ?? "Aide",
    URL.canParse(clientId) ? new URL(clientId).host : null,
    "https://assistant.example/callback",
    scopes,
    values.projects ?? null,
    values.expiresAt ?? null,
  ]);
  return { id, userId: person.id, clientId, scopes };
}

/** An access token of this grant, signed by the server's own key; `claims` and `header` replace single parts, undefined removes one. */
export async function accessTokenOf(
  grant: TestGrant,
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
): Promise<string> {
  const [jwk] = await signingKeys();
  if (!jwk) throw new Error("no signing key");
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    iss: env().APP_URL,
    aud: resource(),
    sub: grant.userId,
    client_id: grant.clientId,
    gid: grant.id,
    scope: grant.scopes.join(" "),
    jti: newId(),
    iat: now,
    exp: now + 3600,
    ...claims,
  };
  const key = (await importJWK(jwk, "RS256")) as CryptoKey;
  return await new SignJWT(Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== undefined)))
    .setProtectedHeader({ alg: "RS256", typ: "at+jwt", kid: String(jwk.kid), ...header })
    .sign(key);
}
