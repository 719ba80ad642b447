import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { newId } from "#core/id.ts";
import { handleMcp } from "#transports/mcp/handler.ts";
import { accessTokenOf, makeGrant, type TestGrant } from "./assistants.ts";
import { makePerson, type Person } from "./factories.ts";

/** A person, an assistant they approved, and its token. */
export type Connected = { person: Person; grant: TestGrant; token: string };

/** An assistant that somebody, or this person, has connected. */
export async function connected(
  values: Parameters<typeof makeGrant>[1] & { person?: Person; zone?: string } = {},
): Promise<Connected> {
  const { person = await makePerson(values.zone ? { zone: values.zone } : {}), zone: _, ...grantValues } = values;
  const grant = await makeGrant(person, grantValues);
  return { person, grant, token: await accessTokenOf(grant) };
}

type Json = Record<string, unknown>;
export type Rpc = {
  status: number;
  headers: Headers;
  text: string;
  result?: Json;
  error?: { code: number; message: string; data?: Json };
  id?: unknown;
};

/** What a client that wants the newest protocol says with every request. */
export const envelope = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

/** Any request to `/mcp`, as it would arrive. */
export async function send(init: RequestInit & { path?: string } = {}): Promise<Rpc> {
  const { path = "/mcp", ...rest } = init;
  const response = await handleMcp(new Request(`http://localhost:3000${path}`, { method: "POST", ...rest }));
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json");
  return { status: response.status, headers: response.headers, text, ...(isJson ? (JSON.parse(text) as Json) : {}) };
}

/** A JSON body with this token. */
export const post = (token: string | null, body: unknown, headers: Record<string, string> = {}): Promise<Rpc> =>
  send({
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json, text/event-stream",
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

/** A request of the protocol up to 2025-11-25. */
export const ask = ({ token }: { token: string }, method: string, params: Json = {}): Promise<Rpc> =>
  post(token, { jsonrpc: "2.0", id: newId(), method, params });

/** A request of the protocol from 2026-07-28 on. */
export const askModern = ({ token }: { token: string }, method: string, params: Json = {}): Promise<Rpc> =>
  post(
    token,
    { jsonrpc: "2.0", id: newId(), method, params: { ...params, _meta: envelope } },
    {
      "MCP-Protocol-Version": "2026-07-28",
      "Mcp-Method": method,
      ...(typeof params.name === "string" ? { "Mcp-Name": params.name } : {}),
    },
  );

export type Called = Rpc & { isError: boolean; answer: Json; said: string; meta: Json };
const calledOf = (rpc: Rpc): Called => {
  const { isError = false, structuredContent = {}, content = [], _meta = {} } = (rpc.result ?? {}) as Json;
  const said = (content as { text: string }[]).map(({ text }) => text).join("\n");
  return { ...rpc, isError: isError as boolean, answer: structuredContent as Json, said, meta: _meta as Json };
};

/** Calls a tool in the protocol up to 2025-11-25. */
export const tool = async (who: { token: string }, name: string, args: unknown = {}): Promise<Called> =>
  calledOf(await ask(who, "tools/call", { name, arguments: args }));
/** Calls a tool in the protocol from 2026-07-28 on. */
export const toolModern = async (who: { token: string }, name: string, args: unknown = {}): Promise<Called> =>
  calledOf(await askModern(who, "tools/call", { name, arguments: args }));

const requestOf = async (incoming: IncomingMessage, origin: string): Promise<Request> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const { method = "GET", url = "/", headers } = incoming;
  const hasBody = method !== "GET" && method !== "HEAD" && chunks.length > 0;
  return new Request(`${origin}${url}`, {
    method,
    headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
    ...(hasBody ? { body: Buffer.concat(chunks) } : {}),
  });
};

/** `/mcp` on a port of this machine, for clients that want to connect. */
export async function listenMcp(): Promise<{ url: URL; close: () => Promise<void> }> {
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const response = await handleMcp(await requestOf(incoming, "http://localhost:3000"));
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      if (response.body) for await (const chunk of response.body) outgoing.write(chunk);
      outgoing.end();
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}/mcp`),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
