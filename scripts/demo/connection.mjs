// How an assistant gets in: it is turned away, reads where to ask, registers itself, asks the person, and comes back with a token.
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../terminal.mjs";
import { listenForAnswer } from "./callback.mjs";

const name = "Demo assistant";
/** A request waits ten minutes for its person; nobody can answer it later. */
const patienceMs = 10 * 60_000;

const again = "Run npm run demo again whenever you like.";
const ended = () =>
  new Failure("The connection was ended while the demo was at work", `Nothing more was done. ${again}`);

/** What the official client asks of a program that connects: an identity, and a memory. This one forgets everything at its end. */
class Visitor {
  #client;
  #tokens;
  #verifier = "";
  #discovered;
  isConnected = false;

  constructor(redirectUrl, state, wish, tell) {
    this.redirectUrl = redirectUrl;
    this.state = () => state;
    this.wish = wish;
    this.tell = tell;
  }

  get clientMetadata() {
    return {
      client_name: name,
      redirect_uris: [this.redirectUrl],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    };
  }

  clientInformation() {
    return this.#client;
  }
  saveClientInformation(client) {
    this.#client = client;
    this.tell.registered(client.client_id);
  }
  tokens() {
    return this.#tokens;
  }
  saveTokens(tokens) {
    this.#tokens = tokens;
  }
  codeVerifier() {
    return this.#verifier;
  }
  saveCodeVerifier(verifier) {
    this.#verifier = verifier;
  }
  // The answer has to come from the server that was asked (RFC 9207): the client compares.
  discoveryState() {
    return this.#discovered;
  }
  saveDiscoveryState(discovered) {
    this.#discovered = discovered;
  }
  async redirectToAuthorization(address) {
    if (this.isConnected) throw ended();
    // The server proposes what to ask for; an assistant may ask for more.
    const asked = [address.searchParams.get("scope"), ...this.wish].filter(Boolean).join(" ");
    address.searchParams.set("scope", asked);
    await this.tell.asks(address.href);
  }
}

/** Reads what the server says of itself, so that a wrong address is found before the person is asked. */
async function checkAddress(url) {
  const document = `${url}/.well-known/oauth-protected-resource/mcp`;
  let response;
  try {
    response = await fetch(document, { signal: AbortSignal.timeout(20_000) });
  } catch {
    throw new Failure(
      `No MindFlow answers at ${url}`,
      "Start it first, in another terminal: npm start -- --demo\nOr say where it is: npm run demo -- --url=http://localhost:3000",
    );
  }
  const { resource } = await response.json().catch(() => ({}));
  if (!response.ok || typeof resource !== "string")
    throw new Failure(
      `What answers at ${url} is not MindFlow (${response.status} for ${document})`,
      "Say where MindFlow is: npm run demo -- --url=http://localhost:3000",
    );
  const own = resource.replace(/\/mcp$/, "");
  if (own !== url)
    throw new Failure(
      `The MindFlow at ${url} is called ${own}`,
      `Assistants connect by that name only: npm run demo -- --url=${own}`,
    );
}

/** Somebody has to exist who can say yes. */
async function checkAccounts(url) {
  const page = await fetch(`${url}/setup`, { signal: AbortSignal.timeout(20_000) }).then((response) => response.text());
  if (page.includes("Open the set-up link"))
    throw new Failure(
      "Nobody has an account in this MindFlow yet",
      "Open the set-up link that npm start printed, then run this again.\nOr begin with a demo account: stop MindFlow, then npm start -- --demo",
    );
}

/** The person's answer. @throws Failure when they cancelled, or gave none in time */
async function waitFor(answer) {
  const late = new AbortController();
  const params = await Promise.race([answer, sleep(patienceMs, null, { signal: late.signal }).catch(() => null)]);
  late.abort();
  if (params === null) throw new Failure("Nobody answered within ten minutes: nothing was connected", again);
  if (params.has("code")) return params;
  const error = params.get("error");
  if (error === "access_denied") throw new Failure("You cancelled: nothing was connected", again);
  throw new Failure(`MindFlow refused to connect the demo (${error})`, again, params.get("error_description") ?? "");
}

/**
 * Connects to the MindFlow at `url` with the person's approval.
 * @param {string[]} wish permissions to ask for beyond those that the server proposes
 * @param {{ registered(id: string): void, asks(address: string): Promise<void>, granted(scopes: string[]): void }} tell
 *   what is told while it goes on; `asks` may let a browser answer
 * @returns the official client, connected, and `disconnect()`, which ends this connection for good
 */
export async function connect(url, version, wish, tell) {
  await checkAddress(url);
  await checkAccounts(url);
  const { Client, StreamableHTTPClientTransport, UnauthorizedError } = await import("@modelcontextprotocol/client");
  const state = randomBytes(18).toString("base64url");
  const { address, answer } = await listenForAnswer(state);
  const visitor = new Visitor(address, state, wish, tell);
  const transport = () => new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { authProvider: visitor });
  const client = () => new Client({ name: "mindflow-demo", version }, { versionNegotiation: { mode: "auto" } });

  const first = transport();
  const refused = await client()
    .connect(first)
    .then(
      () => null,
      (error) => error,
    );
  if (!(refused instanceof UnauthorizedError))
    throw refused ?? new Failure(`${url}/mcp let the demo in without asking`, "Please report this.");
  await first.finishAuth(await waitFor(answer));
  visitor.isConnected = true;
  tell.granted((visitor.tokens()?.scope ?? "").split(" ").filter(Boolean));

  const connected = client();
  await connected.connect(transport());
  return { client: connected, disconnect: () => disconnect(url, visitor) };
}

/** Gives the token back (RFC 7009), which ends the whole connection. */
async function disconnect(url, visitor) {
  const response = await fetch(`${url}/oauth/revoke`, {
    method: "POST",
    body: new URLSearchParams({
      token: visitor.tokens().access_token,
      client_id: visitor.clientInformation().client_id,
    }),
  });
  if (!response.ok) throw new Failure("The demo could not disconnect itself", `Disconnect it here: ${url}/assistants`);
}
