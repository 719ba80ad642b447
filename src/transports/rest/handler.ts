import "server-only";
import { costOf } from "#core/capability.ts";
import { AppError, invalid } from "#core/errors.ts";
import { invoke } from "#core/invoke.ts";
import type { RequestEvent } from "#core/log.ts";
import { handleRequest, readBody } from "#core/request.ts";
import { coerce } from "../coerce.ts";
import { type Authenticate, callerOf } from "../context.ts";
import { preflight, withCors } from "./cors.ts";
import { problem } from "./problem.ts";
import { match, type Route } from "./routes.ts";

const prefix = "/api/v1/";
const maxBodyBytes = 131_072;

function pathOf(url: URL): string[] {
  try {
    return url.pathname.slice(prefix.length).split("/").map(decodeURIComponent);
  } catch {
    throw new AppError("RESOURCE_NOT_FOUND", "There is no such address.");
  }
}

/** The JSON body as an object; empty means no fields. @throws UNSUPPORTED_MEDIA_TYPE or VALIDATION_ERROR */
async function bodyOf(request: Request): Promise<Record<string, unknown>> {
  const text = await readBody(request, maxBodyBytes);
  if (text.trim() === "") return {};
  const type = (request.headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json") throw new AppError("UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json.");
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new AppError("VALIDATION_ERROR", "The body is not valid JSON.");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new AppError("VALIDATION_ERROR", "The body must be a JSON object.");
  return body as Record<string, unknown>;
}

/** Path parameters, query string and body as one input; a field stands in one place only. */
async function inputOf(request: Request, url: URL, route: Route, parameters: Record<string, string>) {
  const query = coerce(route.capability.input, url.searchParams);
  const body = route.http.method === "GET" ? {} : await bodyOf(request);
  for (const name of Object.keys(parameters))
    if (Object.hasOwn(query, name) || Object.hasOwn(body, name)) throw invalid(name, "Is given by the address.");
  for (const name of Object.keys(query)) if (Object.hasOwn(body, name)) throw invalid(name, "Is given more than once.");
  // Spreading defines own properties, so a key such as __proto__ stays visible to the check of the raw input.
  return { ...body, ...query, ...parameters };
}

function answer(route: Route, output: Record<string, unknown>): Response {
  const { status = 200, headers: copied = {}, absent } = route.http;
  if (absent && output[absent.field] === null) throw new AppError("RESOURCE_NOT_FOUND", String(output[absent.because]));
  const headers = new Headers();
  for (const [name, field] of Object.entries(copied)) headers.set(name, String(output[field]));
  if (status === 201 && typeof output.id === "string")
    headers.set("Location", `/api/v1${route.http.path}/${output.id}`);
  return status === 204 ? new Response(null, { status, headers }) : Response.json(output, { status, headers });
}

async function handle(request: Request, event: RequestEvent, authenticate: Authenticate): Promise<Response> {
  const url = new URL(request.url);
  // HEAD is GET without its body, which the server leaves out.
  const found = match(request.method === "HEAD" ? "GET" : request.method, pathOf(url));
  if ("allowed" in found) {
    if (found.allowed.length === 0) throw new AppError("RESOURCE_NOT_FOUND", "There is no such address.");
    const refusal = problem(new AppError("METHOD_NOT_ALLOWED", `Use ${found.allowed.join(", ")}.`), event.requestId);
    refusal.headers.set("Allow", found.allowed.join(", "));
    return refusal;
  }
  const { route, parameters } = found;
  const caller = await callerOf(request.headers, "rest", event, costOf(route.capability), authenticate);
  // Who is not known learns nothing about the input, not even that it is wrong.
  if (!caller.actor) throw new AppError("AUTH_REQUIRED", "Sign in, or send a token.");
  return answer(route, await invoke(route, caller, await inputOf(request, url, route, parameters)));
}

/** `/api/v1/*`: bearer token or key, never the cookie (design §3). `authenticate` decides what counts as a credential. */
export const handleRest = (request: Request, authenticate: Authenticate): Promise<Response> =>
  handleRequest(
    request,
    "rest",
    async (event) => {
      if (request.method === "OPTIONS") return preflight(request);
      return withCors(request, await handle(request, event, authenticate));
    },
    (error, event) => withCors(request, problem(error, event.requestId)),
  );

/** Any other address below `/api`: a 404 that a program can read, with the headers of an API. */
export const handleUnknown = (request: Request): Promise<Response> =>
  handleRequest(
    request,
    "rest",
    async (event) => problem(new AppError("RESOURCE_NOT_FOUND", "There is no such address."), event.requestId),
    (error, event) => problem(error, event.requestId),
  );
