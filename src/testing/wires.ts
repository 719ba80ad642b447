import { createCallerFactory, TRPCError } from "@trpc/server/unstable-core-do-not-import";
import type { Actor } from "#core/context.ts";
import { AppError, type ErrorDetail, toAppError } from "#core/errors.ts";
import { newId } from "#core/id.ts";
import type { Caller } from "#core/invoke.ts";
import { invoke } from "#core/invoke.ts";
import { startEvent } from "#core/log.ts";
import { journal } from "#features/journal/recorder.ts";
import { findCapability } from "#transports/capabilities.ts";
import { callTool } from "#transports/mcp/tools.ts";
import { handleRest } from "#transports/rest/handler.ts";
import { appRouter } from "#transports/trpc/router.ts";

/** What a door said, brought to one form: the answer, or the refusal's code, message and field errors. */
export type Outcome =
  | { ok: true; value: Record<string, unknown> }
  | { ok: false; code: string; message: string; details: readonly ErrorDetail[] };

export type CallOptions = { key?: string; now?: Date };

/** What a door hands to `invoke` for this actor. */
export const callerFor = (actor: Actor | null, door: Caller["door"], options: CallOptions = {}): Caller => ({
  actor,
  now: options.now ?? new Date(),
  door,
  requestId: newId(),
  address: null,
  event: startEvent(newId(), door),
  journal,
  idempotencyKey: options.key ?? null,
});

const refused = (error: AppError): Outcome => ({
  ok: false,
  code: error.code,
  message: error.message,
  details: error.details,
});

/** Straight through `invoke`, as a server-rendered page does. @throws AppError */
export async function call(
  actor: Actor | null,
  name: string,
  input: unknown,
  options: CallOptions = {},
): Promise<Record<string, unknown>> {
  const named = findCapability(name);
  if (!named) throw new Error(`no capability ${name}`);
  return await invoke(named, callerFor(actor, "page", options), input);
}

export async function overTrpc(
  actor: Actor | null,
  name: string,
  input: unknown,
  options: CallOptions = {},
): Promise<Outcome> {
  const caller = callerFor(actor, "trpc", options);
  const router = createCallerFactory()(appRouter)({ event: caller.event, caller: async () => caller });
  const [feature = "", verb = ""] = name.split(".");
  const procedures = router as unknown as Record<
    string,
    Record<string, (input: unknown) => Promise<Record<string, unknown>>>
  >;
  try {
    return { ok: true, value: (await procedures[feature]?.[verb]?.(input)) ?? {} };
  } catch (error) {
    return refused(toAppError(error instanceof TRPCError ? error.cause : error));
  }
}

/** The request that REST wants for this input: parameters into the path, the rest into query or body. */
export function restRequest(name: string, input: Record<string, unknown>, options: CallOptions = {}): Request {
  const http = findCapability(name)?.capability.http;
  if (!http) throw new Error(`${name} has no route`);
  const rest = { ...input };
  const path = http.path.replace(/\{(\w+)\}/g, (_, parameter: string) => {
    const value = rest[parameter];
    delete rest[parameter];
    return encodeURIComponent(String(value));
  });
  const url = new URL(`http://localhost:3000/api/v1${path}`);
  const headers = new Headers(options.key ? { "Idempotency-Key": options.key } : {});
  if (http.method === "GET") {
    for (const [field, value] of Object.entries(rest)) url.searchParams.set(field, String(value));
    return new Request(url, { headers });
  }
  headers.set("Content-Type", "application/json");
  return new Request(url, { method: http.method, headers, body: JSON.stringify(rest) });
}

export async function overRest(
  actor: Actor | null,
  name: string,
  input: unknown,
  options: CallOptions = {},
): Promise<Outcome> {
  const response = await handleRest(restRequest(name, input as Record<string, unknown>, options), async () => actor);
  const text = await response.text();
  const body = (text ? JSON.parse(text) : {}) as Record<string, unknown>;
  if (response.ok) return { ok: true, value: body };
  return { ok: false, code: String(body.code), message: String(body.detail), details: body.details as ErrorDetail[] };
}

async function overMcp(actor: Actor | null, name: string, input: unknown, options: CallOptions = {}): Promise<Outcome> {
  const tool = findCapability(name)?.capability.tool;
  if (!tool) throw new Error(`${name} is not a tool`);
  const caller = callerFor(actor, "mcp", options);
  const args = options.key ? { ...(input as object), operationKey: options.key } : input;
  const first = await callTool(tool.name, args, caller);
  // The person is asked, and agrees.
  const confirmation = first.structuredContent?.confirmation;
  const result = confirmation ? await callTool(tool.name, { ...(args as object), confirmation }, caller) : first;
  if (!result.isError) return { ok: true, value: result.structuredContent ?? {} };
  const { failure } = caller.event;
  return refused(failure ?? new AppError("INTERNAL_ERROR", "no failure noted"));
}

/** The doors that a capability has, by name. */
export function doorsOf(name: string): [string, typeof overTrpc][] {
  const capability = findCapability(name)?.capability;
  return [
    ["tRPC", overTrpc],
    ...(capability?.http ? ([["REST", overRest]] as [string, typeof overTrpc][]) : []),
    ...(capability?.tool ? ([["MCP", overMcp]] as [string, typeof overTrpc][]) : []),
  ];
}
