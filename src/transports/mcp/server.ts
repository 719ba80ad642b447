import "server-only";
import { type ListToolsResult, Server, type ServerContext } from "@modelcontextprotocol/server";
import { env } from "#core/env.ts";
import type { AppError } from "#core/errors.ts";
import type { Caller } from "#core/invoke.ts";
import { product } from "#core/product.ts";
import { messages } from "./messages.ts";
import { callTool, listTools, refusal, type ToolResult } from "./tools.ts";

/**
 * Who calls; why nothing may be done for them, for paused assistants may ask and are told so in the answer; and a tool's
 * arguments as they came, because the library drops what it does not like before anybody could refuse it.
 */
export type Served = Readonly<{ caller: Caller; refused: AppError | null; args: unknown }>;

/** Tools beside the product's own, and whatever else a suite of tests wants to find on the same server. */
export type Fixtures = Readonly<{
  tools: ListToolsResult["tools"];
  call(name: string, args: Record<string, unknown>, ctx: ServerContext): Promise<object>;
  install?(server: Server): void;
}>;

let fixtures: Fixtures | null = null;

/**
 * Adds what the official conformance suite looks for to every server made from now on.
 * @throws Error outside tests: the product's list of tools is the capabilities' and nothing else
 */
export function addFixtures(added: Fixtures | null): void {
  if (env().NODE_ENV !== "test") throw new Error("Fixtures are for tests only");
  fixtures = added;
}

/** Do answers have to stream? Ours never do; a fixture may send something before its result. */
export const mayStream = (): boolean => fixtures !== null;

/** How long a client may keep the list. Short, because a person may narrow what an assistant is allowed; calls are refused at once. */
const listTtlMs = 60_000;

/** A fresh server for one request: it knows one caller and dies with the answer, so nothing of one can reach another. */
export function makeServer({ caller, refused, args }: Served): Server {
  const { actor } = caller;
  const hint = { ttlMs: listTtlMs, cacheScope: "private" } as const;
  const server = new Server(
    { name: product.server, title: product.server, version: product.version },
    {
      capabilities: { tools: {} },
      instructions: messages.instructions(actor?.zone ?? "UTC"),
      cacheHints: { "tools/list": hint, "server/discover": hint },
    },
  );
  const added = fixtures;
  server.setRequestHandler("tools/list", () => ({
    tools: [...(actor ? (listTools(actor) as unknown as ListToolsResult["tools"]) : []), ...(added?.tools ?? [])],
  }));
  server.setRequestHandler("tools/call", async ({ params }, ctx): Promise<ToolResult> => {
    if (added?.tools.some(({ name }) => name === params.name))
      return (await added.call(params.name, params.arguments ?? {}, ctx)) as ToolResult;
    return refused ? refusal(refused) : await callTool(params.name, args, caller);
  });
  added?.install?.(server);
  return server;
}
