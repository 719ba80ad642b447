import { randomBytes } from "node:crypto";
import {
  Client,
  type OAuthDiscoveryState,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from "@modelcontextprotocol/client";
import { UnauthorizedError as OlderUnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client as OlderClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as OlderTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

// The official clients, as an assistant's makers would use them: they are told one address and find out everything else.

type Registered = { client_id: string; client_secret?: string; issuer?: string };
type Tokens = { access_token: string; token_type: string; refresh_token?: string; scope?: string; issuer?: string };

/** What a client keeps between its runs: how it was registered, its tokens, and where it wants to send the person. */
export class Wallet {
  readonly redirectUrl: string;
  readonly #name: string;
  #registered: Registered | undefined;
  #tokens: Tokens | undefined;
  #verifier = "";
  #state = "";
  #found: OAuthDiscoveryState | undefined;
  #addresses: URL[] = [];

  /** Where its document lies, for one that does not register (CIMD). */
  readonly clientMetadataUrl?: string;

  constructor(name: string, redirectUrl: string, clientMetadataUrl?: string) {
    this.#name = name;
    this.redirectUrl = redirectUrl;
    if (clientMetadataUrl) this.clientMetadataUrl = clientMetadataUrl;
  }

  get clientMetadata() {
    return {
      client_name: this.#name,
      redirect_uris: [this.redirectUrl],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    };
  }

  state = (): string => {
    this.#state = randomBytes(16).toString("hex");
    return this.#state;
  };
  clientInformation = (): Registered | undefined => this.#registered;
  saveClientInformation = (registered: Registered): void => {
    this.#registered = registered;
  };
  tokens = (): Tokens | undefined => this.#tokens;
  saveTokens = (tokens: Tokens): void => {
    this.#tokens = tokens;
  };
  saveCodeVerifier = (verifier: string): void => {
    this.#verifier = verifier;
  };
  codeVerifier = (): string => this.#verifier;
  saveDiscoveryState = (found: OAuthDiscoveryState): void => {
    this.#found = found;
  };
  discoveryState = (): OAuthDiscoveryState | undefined => this.#found;
  redirectToAuthorization = (address: URL): void => {
    this.#addresses.push(address);
  };
  invalidateCredentials = (what: string): void => {
    if (what === "all" || what === "tokens") this.#tokens = undefined;
    if (what === "all" || what === "client") this.#registered = undefined;
    if (what === "all" || what === "discovery") this.#found = undefined;
  };

  /** Where the person was last to be sent, once. */
  takeAddress(): URL {
    const address = this.#addresses.pop();
    this.#addresses = [];
    if (!address) throw new Error("the client did not want to send anybody anywhere");
    return address;
  }

  /** Does the client want to send the person somewhere? */
  get isAsking(): boolean {
    return this.#addresses.length > 0;
  }

  /** What came back in the address of the redirect. @throws Error when it is for another request */
  returned(answer: Readonly<Record<string, string>>): URLSearchParams {
    if (answer.state !== this.#state) throw new Error("the answer is to another request");
    return new URLSearchParams(answer);
  }
}

type Answer = { isError: boolean; said: string; content: Record<string, unknown> };

/** One connection of an official client, whichever generation. */
export type Session = {
  /** Connects. @returns false when the person has to be asked first */
  connect(): Promise<boolean>;
  /** The person has answered. */
  finish(answer: Readonly<Record<string, string>>): Promise<void>;
  protocol(): string;
  tools(): Promise<string[]>;
  call(name: string, args?: Record<string, unknown>): Promise<Answer>;
  close(): Promise<void>;
};

const answerOf = ({ isError, content, structuredContent }: Record<string, unknown>): Answer => ({
  isError: isError === true,
  said: ((content ?? []) as { text?: string }[]).map(({ text }) => text ?? "").join("\n"),
  content: (structuredContent ?? {}) as Record<string, unknown>,
});

/** Does this say that the person has to be asked? */
export const isUnauthorized = (error: unknown): boolean =>
  error instanceof UnauthorizedError || error instanceof OlderUnauthorizedError;

const asked = (error: unknown): false => {
  if (isUnauthorized(error)) return false;
  throw error;
};

/** Client v2, which asks for the newest protocol. */
export function newerClient(url: string, wallet: Wallet): Session {
  const address = new URL(url);
  let client = new Client({ name: "Journey", version: "2.0.0" }, { versionNegotiation: { mode: "auto" } });
  let transport = new StreamableHTTPClientTransport(address, { authProvider: wallet });
  return {
    connect: async () => {
      client = new Client({ name: "Journey", version: "2.0.0" }, { versionNegotiation: { mode: "auto" } });
      transport = new StreamableHTTPClientTransport(address, { authProvider: wallet });
      return await client.connect(transport).then(() => true, asked);
    },
    finish: (answer) => transport.finishAuth(wallet.returned(answer)),
    protocol: () => client.getNegotiatedProtocolVersion() ?? "",
    tools: async () => (await client.listTools({}, { cacheMode: "refresh" })).tools.map(({ name }) => name),
    call: async (name, args = {}) => answerOf(await client.callTool({ name, arguments: args })),
    close: () => client.close(),
  };
}

/** The client of the older SDK, which knows the protocol up to 2025-11-25. */
export function olderClient(url: string, wallet: Wallet): Session {
  const address = new URL(url);
  let client = new OlderClient({ name: "Journey", version: "1.0.0" });
  let transport = new OlderTransport(address, { authProvider: wallet });
  return {
    connect: async () => {
      client = new OlderClient({ name: "Journey", version: "1.0.0" });
      transport = new OlderTransport(address, { authProvider: wallet });
      return await client.connect(transport as never).then(() => true, asked);
    },
    finish: (answer) => transport.finishAuth(wallet.returned(answer).get("code") ?? ""),
    protocol: () => (transport as { protocolVersion?: string }).protocolVersion ?? "",
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args = {}) => answerOf(await client.callTool({ name, arguments: args })),
    close: () => client.close(),
  };
}
