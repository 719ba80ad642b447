import http, { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";
import { env } from "#core/env.ts";
import { handleMetadata } from "#transports/oauth/metadata.ts";
import { serveOAuth } from "#transports/oauth/mount.ts";
import { handleSignIn } from "#transports/oauth/sign-in.ts";
import { byBearer } from "#transports/rest/bearer.ts";
import { handleRest } from "#transports/rest/handler.ts";
import { applySettings } from "./settings.ts";

// One server of the test's own that gives each address to the handler the product gives it to, with Node's own request, so
// that what a client writes on the wire is what the handlers see.

// Each test is an address of its own, so that what it uses up is no other's; the header is what a trusted proxy would write.
applySettings({ TRUSTED_PROXY_HOPS: "1" });

async function webRequest(request: IncomingMessage): Promise<Request> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  const headers = new Headers(
    Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]),
  );
  const { method = "GET", url = "/" } = request;
  return new Request(`${env().APP_URL}${url}`, {
    method,
    headers,
    ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
  });
}

async function sendBack(response: ServerResponse, answer: Response): Promise<void> {
  response.writeHead(answer.status, [...answer.headers].flat());
  response.end(Buffer.from(await answer.arrayBuffer()));
}

const signIn = /^\/oauth\/consent\/([\w-]+)\/sign-in$/;

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path = ""] = (request.url ?? "").split("?", 1);
  const uid = signIn.exec(path)?.[1];
  if (uid) return await sendBack(response, await handleSignIn(await webRequest(request), uid));
  if (path.startsWith("/.well-known/oauth-protected-resource"))
    return await sendBack(response, await handleMetadata(await webRequest(request)));
  if (path.startsWith("/api/v1/"))
    return await sendBack(response, await handleRest(await webRequest(request), byBearer));
  await serveOAuth(request, response);
}

// An unexpected error must not look like an answer of the product.
const server = http.createServer((request, response) => {
  serve(request, response).catch((error: unknown) => response.writeHead(599).end(String(error)));
});
const port = await new Promise<number>((resolve) => {
  server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
});
const agent = new http.Agent({ keepAlive: true, maxSockets: 50 });
afterAll(() => {
  agent.destroy();
  server.closeAllConnections();
  server.close();
});

let addresses = 0;
/** An address that nobody used before. */
export const newAddress = (): string => `10.${(++addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`;

export type Sent = { method?: string; headers?: OutgoingHttpHeaders; body?: string | Uint8Array; chunked?: boolean };

/** One request on the wire, as written; no redirect is followed. Comes from an address of its own unless it names one. */
export function send(
  path: string,
  { method = "GET", headers = {}, body, chunked = false }: Sent = {},
): Promise<Response> {
  const length = body === undefined || chunked ? {} : { "Content-Length": Buffer.byteLength(body) };
  const options = {
    host: "127.0.0.1",
    port,
    agent,
    method,
    path,
    setHost: false,
    headers: { Host: "localhost:3000", "X-Forwarded-For": newAddress(), ...length, ...headers },
  };
  return new Promise((resolve, reject) => {
    const request = http.request(options, (answer) => {
      const chunks: Uint8Array[] = [];
      answer.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => {
        const headers = new Headers();
        for (let at = 0; at < answer.rawHeaders.length; at += 2)
          headers.append(answer.rawHeaders[at] ?? "", answer.rawHeaders[at + 1] ?? "");
        const status = answer.statusCode ?? 0;
        const content = status === 204 || status === 304 ? null : Buffer.concat(chunks);
        resolve(new Response(content, { status, headers }));
      });
    });
    request.on("error", reject);
    if (body !== undefined) request.write(body);
    request.end();
  });
}

/** A plain form, as OAuth posts it; a list of pairs may hold a name twice. */
export const postForm = (
  path: string,
  fields: Record<string, string> | [string, string][],
  headers: OutgoingHttpHeaders = {},
): Promise<Response> =>
  send(path, {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded", ...headers },
    body: new URLSearchParams(fields).toString(),
  });

export const postJson = (path: string, value: unknown, headers: OutgoingHttpHeaders = {}): Promise<Response> =>
  send(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: typeof value === "string" ? value : JSON.stringify(value),
  });
