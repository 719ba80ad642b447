import "server-only";
import {
  classifyInboundRequest,
  createMcpHandler,
  SUPPORTED_PROTOCOL_VERSIONS,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import { AppError, type ErrorCode, errorTable, toAppError } from "#core/errors.ts";
import type { RequestEvent } from "#core/log.ts";
import { handleRequest, readBody } from "#core/request.ts";
import { challengeOf } from "../challenge.ts";
import { callerOf } from "../context.ts";
import { bringsToken, byBearer } from "../rest/bearer.ts";
import { preflight, withCors } from "../rest/cors.ts";
import { assertKnownPlace } from "./guard.ts";
import { makeServer, mayStream, type Served } from "./server.ts";
import { costOfTool } from "./tools.ts";

const maxBodyBytes = 1_048_576;
const methods = "POST, OPTIONS";
const crossOrigin = {
  methods,
  headers:
    "Authorization, Content-Type, Accept, Mcp-Protocol-Version, Mcp-Method, Mcp-Name, Mcp-Session-Id, Last-Event-ID, X-Request-Id",
};

/** JSON-RPC's own numbers where it has one; the rest is told apart by `data.code`. */
const numbers: Partial<Record<ErrorCode, number>> = {
  AUTH_REQUIRED: -32001,
  INVALID_TOKEN: -32001,
  PAYLOAD_TOO_LARGE: -32600,
  INTERNAL_ERROR: -32603,
};
const unsupportedVersion = -32022;

type Id = string | number | null;
type Json = Record<string, unknown>;
const isRecord = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const rpcError = (status: number, code: number, message: string, id: Id, data?: Json): Response =>
  Response.json({ jsonrpc: "2.0", id, error: { code, message, ...(data ? { data } : {}) } }, { status });

/** A refusal as HTTP and JSON-RPC want it, each in its own words. */
function refuse(error: AppError, id: Id): Response {
  const { code, message, retryAfterSeconds } = error;
  const wait = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  // What reaches this door unparsed and is not valid is the body itself; a 422 would be for its fields.
  const isBody = code === "VALIDATION_ERROR";
  const status = isBody ? 400 : errorTable[code].status;
  const response = rpcError(status, isBody ? -32700 : (numbers[code] ?? -32000), message, id, { code, ...wait });
  const challenge = challengeOf(error);
  if (challenge) response.headers.set("WWW-Authenticate", challenge);
  if (retryAfterSeconds !== undefined) response.headers.set("Retry-After", String(retryAfterSeconds));
  if (code === "METHOD_NOT_ALLOWED") response.headers.set("Allow", methods);
  return response;
}

/** What is asked, before anybody knows whether it may be: for the limit that it counts against, and for the log. */
type Asked = { body: unknown; isJson: boolean; id: Id; method: string; tool: string; args: unknown };

function askedOf(text: string): Asked {
  let body: unknown;
  let isJson = true;
  try {
    body = JSON.parse(text);
  } catch {
    isJson = false;
  }
  const { id, method, params } = isRecord(body) ? body : ({} as Json);
  const { name, arguments: args } = isRecord(params) ? params : ({} as Json);
  return {
    body,
    isJson,
    id: typeof id === "string" || typeof id === "number" ? id : null,
    method: typeof method === "string" ? method : "",
    tool: method === "tools/call" && typeof name === "string" ? name : "",
    args,
  };
}

const unknown = () => new AppError("AUTH_REQUIRED", "Connect this assistant first: a token is needed.");

/** Who calls. A paused assistant is told in the answer of its tool, where a person reads it. */
async function admit(headers: Headers, asked: Asked, event: RequestEvent): Promise<Served> {
  const cost = costOfTool(asked.tool, asked.args);
  try {
    const caller = await callerOf(headers, "mcp", event, cost, byBearer);
    if (!caller.actor) throw unknown();
    return { caller, refused: null, args: asked.args };
  } catch (failure) {
    const refused = toAppError(failure);
    if (refused.code !== "FORBIDDEN" || asked.method !== "tools/call") throw refused;
    event.code = refused.code;
    return { caller: await callerOf(headers, "mcp", event, cost, async () => null), refused, args: asked.args };
  }
}

/**
 * The request as the library should see it. Its body is read; it says that any form of answer will do, because ours has only
 * one; and it cannot be cut off: what was begun is finished, so that a repetition finds the stored answer.
 */
function bare(request: Request): Request {
  const headers = new Headers(request.headers);
  headers.set("accept", "application/json, text/event-stream");
  const signal = mayStream() ? request.signal : null;
  return new Request(request.url, { method: "POST", headers, signal });
}

/** The protocol up to 2025-11-25, without sessions: every request stands alone. */
async function serveLegacy(request: Request, { body, id, method }: Asked, served: Served): Promise<Response> {
  const version = request.headers.get("mcp-protocol-version");
  if (version !== null && method !== "initialize" && !SUPPORTED_PROTOCOL_VERSIONS.includes(version))
    return rpcError(400, unsupportedVersion, "Unsupported protocol version", id, {
      supported: SUPPORTED_PROTOCOL_VERSIONS,
      requested: version.slice(0, 50),
    });
  const server = makeServer(served);
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: !mayStream() });
  await server.connect(transport);
  const response = await transport.handleRequest(bare(request), { parsedBody: body });
  if (!mayStream()) await server.close();
  return response;
}

/** The protocol from 2026-07-28 on; the library checks its envelope and headers. */
async function serveModern(request: Request, { body }: Asked, served: Served): Promise<Response> {
  let trouble: Error | undefined;
  const handler = createMcpHandler(() => makeServer(served), {
    legacy: "reject",
    onerror: (error) => {
      trouble = error;
    },
  });
  const response = await handler.fetch(bare(request), { parsedBody: body });
  if (response.status >= 500) throw toAppError(trouble);
  return response;
}

/**
 * Parameters that are not what the protocol wants are to the library a failure of its own, told with all it found out; they are
 * neither. Inside a text of the answer the same characters stand escaped.
 */
async function mended(response: Response, id: Id): Promise<Response> {
  if (!response.headers.get("content-type")?.includes("json")) return response;
  const text = await response.text();
  if (text.includes('"error":{"code":-32603,"message":"['))
    return rpcError(200, -32602, "The parameters are not what this method takes.", id);
  return new Response(text, { status: response.status, headers: response.headers });
}

const standardNames = {
  protocolVersionHeader: "mcp-protocol-version",
  mcpMethodHeader: "mcp-method",
  mcpNameHeader: "mcp-name",
} as const;
const standardHeaders = (headers: Headers): Partial<Record<keyof typeof standardNames, string>> =>
  Object.fromEntries(
    Object.entries(standardNames).flatMap(([field, name]) => {
      const value = headers.get(name);
      return value === null ? [] : [[field, value]];
    }),
  );

async function serve(request: Request, event: RequestEvent, note: (id: Id) => void): Promise<Response> {
  assertKnownPlace(request);
  if (request.method === "OPTIONS") return preflight(request, crossOrigin);
  if (request.method !== "POST") throw new AppError("METHOD_NOT_ALLOWED", "Use POST.");
  // Who brings no credential, or one that cannot be right, is not listened to any further.
  if (!(await bringsToken(request.headers))) throw unknown();
  const asked = askedOf(await readBody(request, maxBodyBytes));
  note(asked.id);
  if (/^[a-z]+(\/[a-z_]+)*$/i.test(asked.method) && asked.method.length <= 50) event.rpc = asked.method;
  const served = await admit(request.headers, asked, event);
  if (!asked.isJson) throw new AppError("VALIDATION_ERROR", "The body is not valid JSON.");
  if (Array.isArray(asked.body)) return rpcError(400, -32600, "Batches are not supported.", null);
  const standard = standardHeaders(request.headers);
  const { kind } = classifyInboundRequest({ httpMethod: "POST", body: asked.body, ...standard });
  const response = await mended(
    await (kind === "legacy" ? serveLegacy : serveModern)(request, asked, served),
    asked.id,
  );
  // Newer clients ask the person for a permission when HTTP itself says that it is missing; older ones read it in the answer.
  const isNew = kind !== "legacy" || Boolean(standard.mcpMethodHeader ?? standard.mcpNameHeader);
  if (isNew && event.failure?.wants) throw event.failure;
  return response;
}

/** `/mcp`: connected assistants, by their token and nothing else (design §3, §10). */
export function handleMcp(request: Request): Promise<Response> {
  let id: Id = null;
  const finish = (response: Response) => {
    response.headers.set("X-Accel-Buffering", "no");
    return withCors(request, response);
  };
  return handleRequest(
    request,
    "mcp",
    async (event) => {
      const response = await serve(request, event, (asked) => {
        id = asked;
      });
      if (response.status >= 400) event.code ??= `HTTP_${response.status}`;
      return finish(response);
    },
    (error) => finish(refuse(error, id)),
  );
}
