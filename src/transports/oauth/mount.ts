import "server-only";
import { IncomingMessage, type ServerResponse } from "node:http";
import { addressKey, clientAddress } from "#core/address.ts";
import { pooled } from "#core/db.ts";
import { env } from "#core/env.ts";
import { AppError, errorTable, toAppError } from "#core/errors.ts";
import { finishEvent, type RequestEvent, startEvent } from "#core/log.ts";
import { assertLeft, attempt } from "#core/ratelimit.ts";
import { redactUrl } from "#core/redact.ts";
import { readBody, requestIdOf } from "#core/request.ts";
import { troubleOf, wantsPage } from "#features/connections/answers.ts";
import { authorizationServer, visitedBy } from "#features/connections/provider.ts";
import { actorFromCookies } from "#features/identity/session.ts";
import { errorPage } from "../forms/error-page.ts";
import { messages } from "./messages.ts";

type Address = {
  method: "GET" | "POST";
  /** A larger body is not read, whether it says its length or not (security OA-18). */
  maxBytes: number;
};

const [small, usual] = [16_384, 57_344];
const addresses: Record<string, Address> = {
  "/oauth/authorize": { method: "GET", maxBytes: 0 },
  "/oauth/token": { method: "POST", maxBytes: usual },
  "/oauth/register": { method: "POST", maxBytes: small },
  "/oauth/revoke": { method: "POST", maxBytes: usual },
  "/oauth/introspect": { method: "POST", maxBytes: usual },
  "/.well-known/oauth-authorization-server": { method: "GET", maxBytes: 0 },
  "/.well-known/openid-configuration": { method: "GET", maxBytes: 0 },
  "/.well-known/jwks.json": { method: "GET", maxBytes: 0 },
};

/** Never cached, sniffed, framed or taken for a document; no address with a code in it is told to anybody (RFC 9700 §4.2). */
const safeHeaders = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "X-Frame-Options": "DENY",
};

const webHeaders = (request: IncomingMessage): Headers =>
  new Headers(
    Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
    ),
  );

/** What the library believes about where it stands comes from the configuration; a forged Host never reaches the metadata. */
function settle(request: IncomingMessage, path: string, address: string | null): void {
  const app = new URL(env().APP_URL);
  request.headers.host = app.host;
  request.headers["x-forwarded-host"] = app.host;
  request.headers["x-forwarded-proto"] = app.protocol.slice(0, -1);
  request.headers["x-forwarded-for"] = address ?? "";
  // Cross-origin answers are ours to give (below), and programs get JSON whatever they say they accept.
  delete request.headers.origin;
  if (!path.startsWith("/oauth/authorize")) request.headers.accept = "application/json";
}

/** CORS by exact origin from the configuration, never with credentials (design §3). The authorization page has none. */
function allowOrigin(response: ServerResponse, path: string, origin: string | null): void {
  response.setHeader("Vary", "Origin");
  // For every origin: where the library finds such a header it adds none of its own, which would let all of them in.
  response.setHeader("Access-Control-Expose-Headers", "WWW-Authenticate, Retry-After, X-Request-Id");
  if (!origin || path.startsWith("/oauth/authorize") || !env().CORS_ORIGINS.includes(origin)) return;
  response.setHeader("Access-Control-Allow-Origin", origin);
}

/** The request with its body at hand: read here, so that no more of it is held than its address takes. */
async function whole(request: IncomingMessage, headers: Headers, { maxBytes }: Address): Promise<IncomingMessage> {
  const body = request.iterator({ destroyOnReturn: false });
  const text = Buffer.from(await readBody({ headers, body }, maxBytes));
  const { "transfer-encoding": _, ...rest } = request.headers;
  const read = new IncomingMessage(request.socket);
  const { method, url, httpVersion } = request;
  const given = { ...rest, "content-length": String(text.length) };
  Object.assign(read, { method, url, httpVersion, headers: given, complete: true });
  read.push(text);
  read.push(null);
  return read;
}

async function send(response: ServerResponse, answer: Response): Promise<void> {
  for (const [name, value] of answer.headers) response.setHeader(name, value);
  response.statusCode = answer.status;
  response.end(await answer.text());
}

/** RFC 6749 §5.2 for what never reached the library. */
function refuse(response: ServerResponse, error: AppError): void {
  const { status } = errorTable[error.code];
  const name =
    status === 429 || status === 503 ? "temporarily_unavailable" : status >= 500 ? "server_error" : "invalid_request";
  if (error.retryAfterSeconds !== undefined) response.setHeader("Retry-After", String(error.retryAfterSeconds));
  // What is left of the body would be taken for the next request.
  if (error.code === "PAYLOAD_TOO_LARGE") response.setHeader("Connection", "close");
  response.writeHead(status === 422 ? 400 : status, { "Content-Type": "application/json" });
  response.end(JSON.stringify({ error: name, error_description: error.message }));
}

/** A browser that was sent here by an app shows what it gets. */
const isForPerson = ({ url = "", headers }: IncomingMessage): boolean =>
  url.startsWith("/oauth/authorize") && (headers.accept ?? "").includes("text/html");

/** Who is signed in, for the request to be approved. A session of the library's that names somebody else ends here. */
async function identify(
  request: IncomingMessage,
  response: ServerResponse,
  event: RequestEvent,
  address: string | null,
): Promise<void> {
  const db = pooled(() => event.queries++);
  const actor = await actorFromCookies(request.headers.cookie ?? null, "default", db);
  if (actor) event.actor = actor.userId;
  // Each request is kept for ten minutes; nobody signed in is counted by whom they are.
  else await attempt("anonymousAuthorization", addressKey(address));
  visitedBy(request, actor?.userId ?? null);
  const provider = await authorizationServer();
  const session = await provider.Session.get(provider.createContext(request, response));
  if (session.accountId && session.accountId !== actor?.userId) await session.destroy();
}

async function answer(asked: IncomingMessage, response: ServerResponse, event: RequestEvent): Promise<void> {
  const headers = webHeaders(asked);
  const [path = ""] = (asked.url ?? "").split("?", 1);
  const known = addresses[path.replace(/^(\/oauth\/authorize)\/[\w-]+$/, "$1")];
  // The folder of this route is no second door.
  if (!known) throw new AppError("RESOURCE_NOT_FOUND", "There is no such address.");
  const address = clientAddress(headers);
  allowOrigin(response, path, headers.get("origin"));
  if (asked.method === "OPTIONS") {
    response.setHeader("Access-Control-Allow-Methods", known.method);
    response.setHeader("Access-Control-Allow-Headers", "Authorization, Content-Type, MCP-Protocol-Version");
    response.setHeader("Access-Control-Max-Age", "86400");
    response.writeHead(204).end();
    return;
  }
  if (asked.method !== known.method && !(asked.method === "HEAD" && known.method === "GET")) {
    response.setHeader("Allow", known.method);
    throw new AppError("METHOD_NOT_ALLOWED", `Use ${known.method}.`);
  }
  if (Number(headers.get("content-length") ?? 0) > known.maxBytes)
    throw new AppError("PAYLOAD_TOO_LARGE", "The body is too large.");
  if (path === "/oauth/register") await attempt("registration", addressKey(address));
  const checksSecret = path === "/oauth/token" || path === "/oauth/revoke" || path === "/oauth/introspect";
  if (checksSecret) await assertLeft("tokenRefusals", addressKey(address));
  const request = known.method === "POST" ? await whole(asked, headers, known) : asked;
  settle(request, path, address);
  if (path.startsWith("/.well-known/")) response.setHeader("Cache-Control", "public, max-age=60");
  if (path.startsWith("/oauth/authorize")) await identify(request, response, event, address);
  await (await authorizationServer()).callback()(request, response);
  // Everybody whose assistant is hosted comes from the same few addresses: only what was refused counts.
  if (checksSecret && response.statusCode >= 400)
    await attempt("tokenRefusals", addressKey(address)).catch(() => undefined);
  const trouble = troubleOf(request);
  if (!trouble) return;
  event.code = trouble.error;
  if (response.statusCode >= 500) event.failure = toAppError(trouble.cause);
  if (!wantsPage(request)) return;
  const details = [{ field: trouble.error, message: trouble.description }];
  const shown = event.failure ?? new AppError("VALIDATION_ERROR", messages.badRequest, { details });
  const page = errorPage(shown, event.requestId, "/");
  await send(response, new Response(page.body, { status: response.statusCode, headers: page.headers }));
}

/**
 * The authorization server's one door: everything below `/oauth/*` but the consent page, and its metadata (design §9). Hands
 * Node's request to the library after taking from it whatever a client could have forged.
 */
export async function serveOAuth(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const event = startEvent(requestIdOf(webHeaders(request)), "oauth", request.method, redactUrl(request.url ?? ""));
  for (const [name, value] of Object.entries(safeHeaders)) response.setHeader(name, value);
  response.setHeader("X-Request-Id", event.requestId);
  try {
    await answer(request, response, event);
  } catch (failure) {
    event.failure = toAppError(failure);
    event.code = event.failure.code;
    if (response.headersSent) response.end();
    else if (isForPerson(request)) await send(response, errorPage(event.failure, event.requestId, "/"));
    else refuse(response, event.failure);
  }
  event.status = response.statusCode;
  finishEvent(event);
}
