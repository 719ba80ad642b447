import { randomUUID } from "node:crypto";
import type { APIRequestContext } from "@playwright/test";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from "jose";
import { expect, type Person, query } from "./fixtures.ts";

/** A connection as the consent page leaves it, made in the database; asking for one has a journey of its own. */
export type Connection = Readonly<{ id: string; name: string; token: string }>;

type Values = Readonly<{
  name?: string;
  host?: string | null;
  trust?: "verified" | "domain" | "self";
  color?: number;
  scopes?: readonly string[];
}>;

const all = ["tasks:read", "tasks:write", "tasks:delete", "openid", "offline_access"];

let signing: Promise<{ kid: string; key: CryptoKey }> | undefined;

/** A key of the harness's own beside the server's: one that only verifies, as a key does that was replaced. */
async function signingKey() {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  await query(
    "INSERT INTO signing_keys (kid, sealed, public_jwk, expires_at) VALUES ($1, '', $2, now() + interval '1 day')",
    [kid, JSON.stringify({ ...jwk, kid, use: "sig", alg: "RS256" })],
  );
  return { kid, key: privateKey };
}

/** An assistant that `person` has connected, with an access token for it. */
export async function connect(person: Person, values: Values = {}): Promise<Connection> {
  const baseURL = process.env.E2E_URL ?? "";
  const { name = "Aide", host = "assistant.example", trust = "domain", color = 0, scopes = all } = values;
  const id = randomUUID();
  const clientId = host ? `https://${host}/client.json` : randomUUID();
  await query(
    `INSERT INTO grants (id, user_id, client_id, client_name, client_host, trust, redirect_uri, color, approved, scopes, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, now() + interval '30 days')`,
    [
      id,
      person.id,
      clientId,
      name,
      host,
      trust,
      host ? `https://${host}/back` : "http://127.0.0.1:7777/back",
      color,
      scopes,
    ],
  );
  signing ??= signingKey();
  const { kid, key } = await signing;
  const token = await new SignJWT({ client_id: clientId, gid: id, scope: scopes.join(" "), jti: randomUUID() })
    .setProtectedHeader({ alg: "RS256", typ: "at+jwt", kid })
    .setIssuer(baseURL)
    .setAudience(`${baseURL}/mcp`)
    .setSubject(person.id)
    .setIssuedAt()
    .setExpirationTime("1h")
    .sign(key);
  return { id, name, token };
}

/** Calls of one assistant, over REST with its token. */
export class Caller {
  readonly #request: APIRequestContext;
  readonly #connection: Connection;

  constructor(request: APIRequestContext, connection: Connection) {
    this.#request = request;
    this.#connection = connection;
  }

  async #send(method: string, path: string, data?: object) {
    const headers = { Authorization: `Bearer ${this.#connection.token}` };
    return await this.#request.fetch(`/api/v1${path}`, { method, headers, ...(data ? { data } : {}) });
  }

  /** Whether it may read and whether it may write, as two statuses. */
  async statuses(): Promise<[read: number, write: number]> {
    const read = await this.#send("GET", "/tasks");
    const write = await this.#send("POST", "/tasks", { title: "Whether it may" });
    return [read.status(), write.status()];
  }

  async add(title: string, reason?: string): Promise<string> {
    const response = await this.#send("POST", "/tasks", { title, ...(reason ? { reason } : {}) });
    expect(response.status()).toBe(201);
    return ((await response.json()) as { id: string }).id;
  }

  async update(id: string, values: object): Promise<void> {
    expect((await this.#send("PATCH", `/tasks/${id}`, values)).status()).toBe(200);
  }

  async complete(id: string): Promise<void> {
    expect((await this.#send("POST", `/tasks/${id}/complete`, {})).status()).toBe(200);
  }

  /** Asks for something it may not see. */
  async beRefused(): Promise<void> {
    expect((await this.#send("GET", `/tasks/${randomUUID()}`)).status()).toBe(404);
  }
}

/** What an assistant read, as its receipts keep it. */
export const haveRead = (person: Person, { id }: Connection, tasks: number, calls: number): Promise<unknown> =>
  query(
    `INSERT INTO read_receipts (user_id, grant_id, tool, minute, calls, tasks, task_ids)
     VALUES ($1, $2, 'list_tasks', date_trunc('minute', now() - interval '2 minutes'), $3, $4, '{}')`,
    [person.id, id, calls, tasks],
  );
