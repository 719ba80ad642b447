import "server-only";
import { z } from "zod";
import type { NamedCapability, ToolWording } from "#core/capability.ts";
import type { Actor } from "#core/context.ts";
import { AppError, toAppError } from "#core/errors.ts";
import { badIdempotencyKey, type Caller, invoke, isIdempotencyKey } from "#core/invoke.ts";
import { allCapabilities } from "../capabilities.ts";

type JsonSchema = { type: "object"; properties?: Record<string, unknown>; required?: string[]; [key: string]: unknown };

/** A tool as `tools/list` shows it (MCP 2025-11-25, "Tool"). */
export type Tool = Readonly<{
  name: string;
  title: string;
  description: string;
  inputSchema: JsonSchema;
  outputSchema: JsonSchema;
  annotations: {
    title: string;
    readOnlyHint: boolean;
    destructiveHint: boolean;
    idempotentHint: boolean;
    openWorldHint: false;
  };
}>;

type Entry = { named: NamedCapability; wording: ToolWording; tool: Tool };

const schemaOf = (schema: z.ZodType, io: "input" | "output"): JsonSchema => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return { type: "object", ...rest } as JsonSchema;
};

const operationKey = {
  type: "string",
  minLength: 1,
  maxLength: 255,
  description: "A key of your own for this change. Repeating the call with the same key never does it twice.",
};

function toolOf(named: NamedCapability, wording: ToolWording): Tool {
  const { capability } = named;
  const isQuery = capability.kind === "query";
  const input = schemaOf(capability.input, "input");
  if (!isQuery) input.properties = { ...input.properties, operationKey };
  if (wording.required) input.required = [...new Set([...(input.required ?? []), ...wording.required])];
  const output = isQuery
    ? capability.output
    : capability.output.extend({ operationId: z.string().nullable(), replayed: z.boolean() });
  return {
    name: wording.name,
    title: wording.title,
    description: wording.description,
    inputSchema: input,
    outputSchema: schemaOf(output, "output"),
    annotations: {
      title: wording.title,
      readOnlyHint: isQuery,
      destructiveHint: wording.destructive ?? false,
      idempotentHint: isQuery || (wording.idempotent ?? false),
      openWorldHint: false,
    },
  };
}

// Made once: building the JSON Schemas for every request would cost more than the call itself (performance.md).
const entries = new Map<string, Entry>(
  allCapabilities.flatMap((named): [string, Entry][] => {
    const wording = named.capability.tool;
    return wording ? [[wording.name, { named, wording, tool: toolOf(named, wording) }]] : [];
  }),
);

/** The tools whose scope this actor holds; the others are hidden, and refused when called all the same (design §10). */
export const listTools = (actor: Actor): Tool[] =>
  [...entries.values()].filter(({ named }) => actor.scopes.has(named.capability.scope)).map(({ tool }) => tool);

/** The capability behind a tool, so that its limit can be counted before the call. */
export const toolCapability = (name: string): NamedCapability | undefined => entries.get(name)?.named;

/** What a tool call answers (MCP "CallToolResult"). */
export type ToolResult = {
  content: { type: "text"; text: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: true;
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function refusal(error: AppError): ToolResult {
  const lines = error.details.map(({ field, message }) => (field ? `${field}: ${message}` : message));
  return { isError: true, content: [{ type: "text", text: [`${error.code}: ${error.message}`, ...lines].join("\n") }] };
}

/**
 * Calls a tool through `invoke`. A refusal is an answer with `isError` and a text that a person can act on, never a throw.
 * @param args as the client sent them; `operationKey` is the idempotency key
 */
export async function callTool(name: string, args: unknown, caller: Caller): Promise<ToolResult> {
  try {
    const entry = entries.get(name);
    if (!entry) throw new AppError("RESOURCE_NOT_FOUND", "There is no such tool.");
    const { capability } = entry.named;
    const isWrite = capability.kind === "mutation";
    // What is no object is left to `invoke` to refuse, as is an operationKey where nothing is written.
    const { operationKey: key, ...fields } = isWrite && isRecord(args) ? args : {};
    const input = isWrite && isRecord(args) ? fields : args;
    if (caller.actor?.scopes.has(capability.scope)) {
      if (key !== undefined && !isIdempotencyKey(key)) throw badIdempotencyKey("operationKey");
      const missing = (entry.wording.required ?? []).filter((field) => isRecord(input) && input[field] === undefined);
      if (missing.length > 0)
        throw new AppError("VALIDATION_ERROR", "Some fields need attention.", {
          details: missing.map((field) => ({ field, message: "Is required." })),
        });
    }
    const output = await invoke(
      entry.named,
      isIdempotencyKey(key) ? { ...caller, idempotencyKey: key } : caller,
      input,
    );
    return { content: [{ type: "text", text: JSON.stringify(output) }], structuredContent: output };
  } catch (failure) {
    const error = toAppError(failure);
    caller.event.code = error.code;
    caller.event.failure = error;
    return refusal(error);
  }
}
