import { createHash, randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, type Page } from "@playwright/test";
import { query } from "./fixtures.ts";

/** An app that asks to be connected, played with nothing but fetch. */
export type App = Readonly<{ clientId: string; redirectUri: string; verifier: string; state: string; address: string }>;

/** What came back to an app in the address of its redirect. */
export type Answer = Readonly<Record<string, string>>;

/** A place on this computer where answers arrive, as a program on the command line has it. */
export class Listener {
  readonly #server: Server;
  readonly #answers: Answer[] = [];

  private constructor(server: Server) {
    this.#server = server;
    server.on("request", (request, response) => {
      const url = new URL(request.url ?? "/", "http://listener.invalid");
      if (url.pathname === "/callback") this.#answers.push(Object.fromEntries(url.searchParams));
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      response.end("<!doctype html><title>App</title><link rel=icon href='data:,'><h1>Back in the app</h1>");
    });
  }

  static start(): Promise<Listener> {
    const server = createServer();
    return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(new Listener(server))));
  }

  get redirectUri(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/callback`;
  }

  /** Waits until the browser has arrived. @returns what it brought last */
  async answer(page: Page): Promise<Answer> {
    await expect(page.getByRole("heading", { name: "Back in the app" })).toBeVisible();
    return this.#answers.at(-1) ?? {};
  }

  get count(): number {
    return this.#answers.length;
  }

  stop(): Promise<unknown> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }
}

type Wish = Readonly<{ name?: string; scope?: string; redirectUri: string; clientId?: string }>;

/** Registers an app (RFC 7591), unless it is known, and makes the address that it would open in the person's browser. */
export async function askFor(baseURL: string, { name = "Aide", scope, redirectUri, clientId }: Wish): Promise<App> {
  let id = clientId;
  if (!id) {
    // All journeys come from one address, which may register twenty apps in an hour.
    await query("DELETE FROM rate_limits WHERE key LIKE 'registration:%'");
    const registered = await fetch(`${baseURL}/oauth/register`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ client_name: name, redirect_uris: [redirectUri] }),
    });
    expect(registered.status).toBe(201);
    id = ((await registered.json()) as { client_id: string }).client_id;
  }
  const [verifier, state] = [randomBytes(32).toString("base64url"), randomBytes(12).toString("base64url")];
  const params = new URLSearchParams({
    client_id: id,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: scope ?? "tasks:read tasks:write",
    state,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    resource: `${baseURL}/mcp`,
  });
  return { clientId: id, redirectUri, verifier, state, address: `${baseURL}/oauth/authorize?${params}` };
}

/** Exchanges the code. @returns status and body of the token endpoint */
export async function redeem(baseURL: string, app: App, code: string) {
  const answer = await fetch(`${baseURL}/oauth/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: app.clientId,
      redirect_uri: app.redirectUri,
      code,
      code_verifier: app.verifier,
      resource: `${baseURL}/mcp`,
    }),
  });
  const body = (await answer.json()) as { scope?: string; access_token?: string; error?: string };
  return { status: answer.status, ...body };
}
