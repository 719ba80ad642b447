import { createHash, randomBytes } from "node:crypto";
import { formOn, type Stop, type Visitor } from "./visitor.ts";

// An assistant at the level of HTTP: what the official clients do in several steps can be done here in any order, on any server.

export type Registration = Readonly<{ client_id: string; client_secret?: string; redirect_uris: string[] }>;

/** A registered client, as an assistant on the person's own computer would be. */
export async function register(base: string, metadata: Record<string, unknown> = {}): Promise<Registration> {
  const response = await fetch(`${base}/oauth/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      client_name: "Scripted Aide",
      redirect_uris: ["http://127.0.0.1/callback"],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
      ...metadata,
    }),
  });
  if (response.status !== 201) throw new Error(`registration: ${response.status} ${await response.text()}`);
  return (await response.json()) as Registration;
}

export type Asking = Readonly<{ path: string; verifier: string; state: string; clientId: string; redirectUri: string }>;

/** What an assistant opens in the person's browser to be connected. `parameters` replace single ones, null takes one away. */
export function asking(
  clientId: string,
  redirectUri: string,
  resource: string,
  parameters: Record<string, string | null> = {},
): Asking {
  const [verifier, state] = [randomBytes(32).toString("base64url"), randomBytes(8).toString("hex")];
  const values: Record<string, string | null> = {
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: "tasks:read tasks:write offline_access",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    resource,
    state,
    ...parameters,
  };
  const query = new URLSearchParams(Object.entries(values).filter((entry): entry is [string, string] => !!entry[1]));
  return { path: `/oauth/authorize?${query}`, verifier, state, clientId, redirectUri };
}

/** Answers the consent page that a visitor stands on. @returns where it led */
export async function answer(
  visitor: Visitor,
  page: Stop,
  decision: "allow" | "cancel" = "allow",
  values: Record<string, string> = {},
): Promise<Stop> {
  const { action, fields } = formOn(page, "consent");
  if (!fields.binding) throw new Error(`no consent page at ${page.url.pathname}: ${page.response.status}`);
  return visitor.follow(await visitor.post(action, { ...fields, ...values, decision }), action);
}

/** From the assistant's request over the consent page to the code. */
export async function approve(visitor: Visitor, asked: Asking, values: Record<string, string> = {}): Promise<string> {
  const { outside } = await answer(visitor, await visitor.open(asked.path), "allow", values);
  const code = outside?.searchParams.get("code");
  if (!code || outside?.searchParams.get("state") !== asked.state) throw new Error(`no code: ${outside?.href}`);
  return code;
}

export type TokenAnswer = Readonly<{
  status: number;
  body: Readonly<{
    access_token?: string;
    refresh_token?: string;
    id_token?: string;
    scope?: string;
    error?: string;
  }>;
}>;

/** One request to the token endpoint. */
export async function token(
  base: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<TokenAnswer> {
  const response = await fetch(`${base}/oauth/token`, { method: "POST", headers, body: new URLSearchParams(fields) });
  return { status: response.status, body: (await response.json()) as TokenAnswer["body"] };
}

export const redeem = (
  base: string,
  asked: Asking,
  code: string,
  fields: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<TokenAnswer> =>
  token(
    base,
    {
      grant_type: "authorization_code",
      client_id: asked.clientId,
      redirect_uri: asked.redirectUri,
      code_verifier: asked.verifier,
      code,
      ...fields,
    },
    headers,
  );

export const refresh = (
  base: string,
  clientId: string,
  refreshToken: string,
  headers: Record<string, string> = {},
): Promise<TokenAnswer> =>
  token(base, { grant_type: "refresh_token", client_id: clientId, refresh_token: refreshToken }, headers);

/** Who calls the product with this token: the status that a door gives it. */
export async function statusAt(base: string, door: "rest" | "mcp", bearer: string): Promise<number> {
  const headers = { authorization: `Bearer ${bearer}` };
  const response =
    door === "rest"
      ? await fetch(`${base}/api/v1/tasks?limit=1`, { headers })
      : await fetch(`${base}/mcp`, {
          method: "POST",
          headers: { ...headers, "content-type": "application/json", accept: "application/json, text/event-stream" },
          body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} }),
        });
  await response.body?.cancel();
  return response.status;
}
