import { createHash, randomBytes } from "node:crypto";
import * as oauth from "oauth4webapi";
import type { Actor } from "#core/context.ts";
import { pooled } from "#core/db.ts";
import { env } from "#core/env.ts";
import { newId } from "#core/id.ts";
import { resource } from "#features/connections/bearer.ts";
import {
  approveConsent,
  type ConsentChoice,
  type PendingConsent,
  pendingConsent,
} from "#features/connections/interaction.ts";
import { actorFromCookies } from "#features/identity/session.ts";
import { signedIn } from "./browser.ts";
import { makePerson, type Person } from "./factories.ts";
import { postForm, postJson, send } from "./loopback.ts";

/** For oauth4webapi: its requests go to the test's own server, whatever the issuer is called. */
export const overLoopback = {
  [oauth.allowInsecureRequests]: true,
  [oauth.customFetch]: (url: string, options: { method: string; headers: HeadersInit; body?: unknown }) => {
    const { pathname, search } = new URL(url);
    const headers = Object.fromEntries(new Headers(options.headers));
    return send(pathname + search, {
      method: options.method,
      headers,
      ...(options.body == null ? {} : { body: String(options.body) }),
    });
  },
} as const;

/** The authorization server as a client finds it (RFC 8414). */
export async function discover(): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(env().APP_URL);
  const response = await oauth.discoveryRequest(issuer, { ...overLoopback, algorithm: "oauth2" });
  return await oauth.processDiscoveryResponse(issuer, response);
}

type Cookie = { name: string; value: string; path: string };

/** A browser with a person in it: keeps cookies by path and follows redirects within the product, one by one. */
export class Browser {
  readonly person: Person;
  readonly #cookies: Cookie[] = [];

  constructor(person: Person, session: string | null) {
    this.person = person;
    const at = session?.indexOf("=") ?? -1;
    if (session) this.#cookies.push({ name: session.slice(0, at), value: session.slice(at + 1), path: "/" });
  }

  /** The `Cookie` header for this path, the closest path first. */
  cookiesFor(path: string): string {
    return this.#cookies
      .filter((cookie) => path === cookie.path || path.startsWith(cookie.path.replace(/\/?$/, "/")))
      .sort((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => `${name}=${value}`)
      .join("; ");
  }

  headersFor(path: string): Headers {
    return new Headers({ cookie: this.cookiesFor(path) });
  }

  #keep(path: string, answer: Response): void {
    for (const line of answer.headers.getSetCookie()) {
      const [pair = "", ...attributes] = line.split("; ");
      const at = pair.indexOf("=");
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
      const own = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? path;
      const known = this.#cookies.findIndex((cookie) => cookie.name === name && cookie.path === own);
      if (known >= 0) this.#cookies.splice(known, 1);
      if (value !== "" && !attributes.some((attribute) => /^expires=Thu, 01 Jan 1970/i.test(attribute)))
        this.#cookies.push({ name, value, path: own });
    }
  }

  async get(target: string, headers: Record<string, string> = {}): Promise<Response> {
    const [path = ""] = target.split("?", 1);
    const answer = await send(target, { headers: { Cookie: this.cookiesFor(path), ...headers } });
    this.#keep(path, answer);
    return answer;
  }

  /**
   * Follows 303s as long as they stay within the product and do not reach the consent page.
   * @returns where they led, or the first answer that is no redirect
   */
  async follow(target: string): Promise<{ location: string | null; answer: Response }> {
    let answer = await this.get(target);
    for (let step = 0; step < 10; step++) {
      const location = answer.headers.get("location");
      if (!location) return { location: null, answer };
      if (answer.status !== 303) throw new Error(`a redirect by ${answer.status}`);
      const url = new URL(location, env().APP_URL);
      if (url.origin !== env().APP_URL) return { location, answer };
      if (!/^\/oauth\/(?:authorize|consent\/[\w-]+\/sign-in)/.test(url.pathname)) return { location: url.href, answer };
      answer = await this.get(url.pathname + url.search);
    }
    throw new Error("redirects without end");
  }

  /** Somebody else signs in here: their session takes the place of the one before. */
  takeSessionOf(other: Browser): void {
    for (const cookie of other.#cookies.filter(({ path }) => path === "/")) {
      const known = this.#cookies.findIndex(({ name, path }) => name === cookie.name && path === "/");
      this.#cookies.splice(known, 1, cookie);
    }
  }

  async actor(): Promise<Actor> {
    const actor = await actorFromCookies(this.cookiesFor("/"), "default", pooled());
    if (!actor) throw new Error("nobody is signed in");
    return actor;
  }
}

export async function browserOf(person: Person): Promise<Browser> {
  return new Browser(person, (await signedIn(person)).cookie);
}

/** A new person in a new browser. */
export const newBrowser = async (): Promise<Browser> => await browserOf(await makePerson());

export const redirectUri = "https://app.example/callback";

export type Client = {
  client_id: string;
  client_secret?: string;
  redirect_uris: string[];
  token_endpoint_auth_method?: string;
};

/** Registers a client (RFC 7591); a public one unless the metadata say otherwise. */
export async function register(metadata: Record<string, unknown> = {}): Promise<Client> {
  const answer = await postJson("/oauth/register", {
    client_name: "Aide",
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: "none",
    ...metadata,
  });
  if (answer.status !== 201) throw new Error(`registration: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Client;
}

export type Pkce = { verifier: string; challenge: string };
export function newPkce(): Pkce {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}

type Parameters = Record<string, string | undefined>;

/** A sound request for authorization; `changes` replace single parameters, undefined removes one. */
export function requestOf(client: Client, pkce: Pkce, changes: Parameters = {}): [string, string][] {
  const parameters: Parameters = {
    client_id: client.client_id,
    redirect_uri: client.redirect_uris[0],
    response_type: "code",
    scope: "tasks:read tasks:write",
    state: "a state",
    code_challenge: pkce.challenge,
    code_challenge_method: "S256",
    resource: resource(),
    ...changes,
  };
  return Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
}

export const authorizePath = (parameters: [string, string][]): string =>
  `/oauth/authorize?${new URLSearchParams(parameters)}`;

/** Asks for authorization. @returns the request's uid once the consent page is reached, else where it ended */
export async function authorize(
  browser: Browser,
  parameters: [string, string][],
): Promise<{ uid: string; location: string | null; answer: Response }> {
  const { location, answer } = await browser.follow(authorizePath(parameters));
  const uid = /\/oauth\/consent\/([\w-]+)$/.exec(location ?? "")?.[1] ?? "";
  return { uid, location, answer };
}

export const origin = () => ({ requestId: newId(), address: null });
const usual: Omit<ConsentChoice, "scopes"> = { lifetime: "month", replace: false };

/** What the consent page sees of a request. */
export const pending = async (browser: Browser, uid: string): Promise<PendingConsent> => {
  const found = await pendingConsent(browser.headersFor(`/oauth/consent/${uid}`), await browser.actor(), uid);
  if (!found) throw new Error("there is nothing to approve");
  return found;
};

/** The person's yes. @returns where it led: the client's redirect with a code */
export async function approve(browser: Browser, uid: string, choice: Partial<ConsentChoice> = {}): Promise<URL> {
  const { binding, asked } = await pending(browser, uid);
  const headers = browser.headersFor(`/oauth/consent/${uid}`);
  const full = { scopes: asked, ...usual, ...choice };
  const returnTo = await approveConsent(headers, await browser.actor(), uid, binding, full, origin());
  const { location, answer } = await browser.follow(new URL(returnTo, env().APP_URL).pathname);
  if (!location) throw new Error(`after approval: ${answer.status} ${await answer.text()}`);
  return new URL(location);
}

export type Code = { client: Client; code: string; verifier: string; redirect: string; callback: URL };

/** The whole way to a code. */
export async function obtainCode(
  browser: Browser,
  client: Client,
  changes: Parameters = {},
  choice: Partial<ConsentChoice> = {},
): Promise<Code> {
  const pkce = newPkce();
  const parameters = requestOf(client, pkce, changes);
  const { uid, location } = await authorize(browser, parameters);
  if (!uid) throw new Error(`no consent page: ${location}`);
  const callback = await approve(browser, uid, choice);
  const redirect = parameters.find(([name]) => name === "redirect_uri")?.[1] ?? "";
  return { client, code: callback.searchParams.get("code") ?? "", verifier: pkce.verifier, redirect, callback };
}

/** Who the client is, in the body: enough for public ones and for `client_secret_post`. */
const identityOf = ({ client_id, client_secret }: Client): Record<string, string> => ({
  client_id,
  ...(client_secret ? { client_secret } : {}),
});

type Headers_ = Record<string, string>;

/** Sends a code to the token endpoint; `changes` replace single fields, undefined removes one. */
export function exchange(got: Code, changes: Parameters = {}, headers: Headers_ = {}): Promise<Response> {
  const fields: Parameters = {
    grant_type: "authorization_code",
    code: got.code,
    redirect_uri: got.redirect,
    code_verifier: got.verifier,
    ...identityOf(got.client),
    ...changes,
  };
  const given = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return postForm("/oauth/token", given, headers);
}

export function refresh(
  client: Client,
  token: string,
  changes: Record<string, string> = {},
  headers: Headers_ = {},
): Promise<Response> {
  return postForm(
    "/oauth/token",
    { grant_type: "refresh_token", refresh_token: token, ...identityOf(client), ...changes },
    headers,
  );
}

export type Tokens = {
  access_token: string;
  refresh_token: string;
  token_type: string;
  expires_in: number;
  scope: string;
  id_token?: string;
};

/** The body of an answer that must be good. */
export async function tokensOf(answer: Response): Promise<Tokens> {
  if (answer.status !== 200) throw new Error(`token: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Tokens;
}

/** Status and OAuth error of a refusal, to compare with. */
export const refusalOf = async (answer: Response): Promise<[number, unknown]> => [
  answer.status,
  ((await answer.json()) as { error?: unknown }).error,
];

export type Connection = { browser: Browser; client: Client; tokens: Tokens; grantId: string };

/** A connected assistant with its tokens, through every door on the way. */
export async function connect(
  values: { browser?: Browser; client?: Client; scope?: string; choice?: Partial<ConsentChoice> } = {},
): Promise<Connection> {
  const browser = values.browser ?? (await newBrowser());
  const client = values.client ?? (await register());
  const asked = values.scope === undefined ? {} : { scope: values.scope };
  const tokens = await tokensOf(await exchange(await obtainCode(browser, client, asked, values.choice)));
  return { browser, client, tokens, grantId: claimsOf(tokens.access_token).gid };
}

/** What a JWT says, unchecked. */
export const claimsOf = (token: string): Record<string, unknown> & { gid: string; sub: string } =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());

/** Is this token let in? @returns the status of a read over REST */
export const callWith = async (token: string): Promise<number> =>
  (await send("/api/v1/tasks", { headers: { Authorization: `Bearer ${token}` } })).status;
