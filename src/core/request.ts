import "server-only";
import { AppError, toAppError } from "./errors.ts";
import { newId } from "./id.ts";
import { finishEvent, type RequestEvent, startEvent } from "./log.ts";
import { redactUrl } from "./redact.ts";

const acceptable = /^[A-Za-z0-9._-]{8,64}$/;

/** The caller's X-Request-Id where it is harmless, else a new one (requirements S0-27). */
export const requestIdOf = (headers: Headers): string => {
  const given = headers.get("x-request-id");
  return given && acceptable.test(given) ? given : newId();
};

/** Headers that every answer of an API carries: never cached, never sniffed, never framed, never a document. */
const apiHeaders = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
} as const;

/**
 * Runs a route handler inside one wide event: request id in and out, one log line at the end, safe headers. What the handler
 * throws becomes an answer through `refuse`, in the door's own form.
 */
export async function handleRequest(
  request: Request,
  door: string,
  handler: (event: RequestEvent) => Promise<Response>,
  refuse: (error: AppError, event: RequestEvent) => Response,
): Promise<Response> {
  const url = new URL(request.url);
  const event = startEvent(requestIdOf(request.headers), door, request.method, redactUrl(url.pathname + url.search));
  let response: Response;
  try {
    response = await handler(event);
  } catch (error) {
    event.failure = toAppError(error);
    event.code = event.failure.code;
    response = refuse(event.failure, event);
  }
  event.status = response.status;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(apiHeaders)) if (!headers.has(name)) headers.set(name, value);
  headers.set("X-Request-Id", event.requestId);
  // What is left of a body that was cut off would be taken for the next request of whoever shares the connection, behind a proxy
  // somebody else: it stalled and was reset. A body that nobody began to read is thrown away by Node itself.
  if (event.failure?.code === "PAYLOAD_TOO_LARGE" && request.bodyUsed) headers.set("Connection", "close");
  finishEvent(event);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

/** A client that goes away while it sends is no failure of ours, and nothing the database could be blamed for. */
async function* chunksOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw new AppError("VALIDATION_ERROR", "The body ended before it was complete.", { cause });
  }
}

/**
 * Reads a body up to a limit, so that nobody makes us hold more.
 * @throws PAYLOAD_TOO_LARGE beyond `limitBytes`, declared or real; VALIDATION_ERROR when it breaks off or is no UTF-8
 */
export async function readBody(
  request: Readonly<{ headers: Headers; body: unknown }>,
  limitBytes: number,
): Promise<string> {
  const tooLarge = () =>
    new AppError("PAYLOAD_TOO_LARGE", `The body is larger than ${Math.floor(limitBytes / 1024)} KB.`);
  if (Number(request.headers.get("content-length") ?? 0) > limitBytes) throw tooLarge();
  if (!request.body) return "";
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunksOf(request.body as AsyncIterable<Uint8Array>)) {
    size += chunk.byteLength;
    if (size > limitBytes) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new AppError("VALIDATION_ERROR", "The body is not valid UTF-8.");
  }
}
