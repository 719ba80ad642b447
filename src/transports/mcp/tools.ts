import "server-only";
import { ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/server";
import { z } from "zod";
import { costOf, type NamedCapability, type ToolWording } from "#core/capability.ts";
import type { Actor } from "#core/context.ts";
import { AppError, toAppError } from "#core/errors.ts";
import { type Caller, invoke, parse } from "#core/invoke.ts";
import type { Cost } from "#core/limits.ts";
import { line } from "#core/text.ts";
import { visible } from "#core/visible.ts";
import { allCapabilities } from "../capabilities.ts";
import { challengeOf } from "../challenge.ts";
import { messages } from "./messages.ts";

type JsonSchema = { type: "object"; properties?: Record<string, unknown>; required?: string[]; [key: string]: unknown };

/** A tool as `tools/list` shows it (MCP "Tool"). */
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
  securitySchemes: readonly { type: "oauth2"; scopes: readonly string[] }[];
  _meta: Record<string, unknown>;
}>;

/** What a tool call answers (MCP "CallToolResult"). */
export type ToolResult = {
  content: { type: "text"; text: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: true;
  _meta?: Record<string, unknown>;
};

type Entry = Readonly<{
  named: NamedCapability;
  wording: ToolWording;
  /** What every tool that changes something takes beside its own input. */
  controls: z.ZodObject | null;
  tool: Tool;
}>;

// A model reads this list again and again: a format says the same as its pattern in one word instead of three lines, and that
// whole numbers end where they stop being exact goes without saying.
const schemaOf = (schema: z.ZodType, io: "input" | "output"): JsonSchema => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      if (jsonSchema.format) delete jsonSchema.pattern;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  return { type: "object", ...rest } as JsonSchema;
};

const said = messages.controls;
const { badKey } = messages;
const operationKey = z
  .string(badKey)
  .min(1, badKey)
  .max(255, badKey)
  .regex(/^[\x21-\x7e]*$/, badKey);
const writing = z.object({
  operationKey: operationKey.optional().describe(said.operationKey),
  reason: line(1, 500).optional().describe(said.reason),
  preview: z.boolean().optional().describe(said.preview),
});
const confirming = writing.extend({ confirmation: z.string().max(100).optional().describe(said.confirmation) });
type Controls = z.output<typeof confirming>;

const receipt = z.object({
  operationId: z.string().nullable().describe(said.operationId),
  replayed: z.boolean().describe(said.replayed),
  preview: z.literal(true).optional().describe(said.isPreview),
});
const receiptToConfirm = receipt.extend({ confirmation: z.string().optional().describe(said.given) });

function entryOf({ name, capability }: NamedCapability, wording: ToolWording): Entry {
  const isQuery = capability.kind === "query";
  const controls = isQuery ? null : wording.asks ? confirming : writing;
  const input = schemaOf(wording.input ?? capability.input, "input");
  if (controls) input.properties = { ...input.properties, ...schemaOf(controls, "input").properties };
  if (wording.required) input.required = [...new Set([...(input.required ?? []), ...wording.required])];
  const output = isQuery
    ? capability.output
    : capability.output.extend((wording.asks ? receiptToConfirm : receipt).shape);
  const securitySchemes = [{ type: "oauth2", scopes: [capability.scope] }] as const;
  const tool: Tool = {
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
    // Where one client looks for it, and where another does.
    securitySchemes,
    _meta: { securitySchemes },
  };
  const narrowed = wording.input ? { ...capability, input: wording.input } : capability;
  return { named: { name, capability: narrowed }, wording, controls, tool };
}

// Made once: building the JSON Schemas for every request would cost more than the call itself (performance.md).
const entries = new Map<string, Entry>(
  allCapabilities.flatMap((named): [string, Entry][] => {
    const wording = named.capability.tool;
    return wording ? [[wording.name, entryOf(named, wording)]] : [];
  }),
);

/** The tools whose scope this actor holds; the others are hidden, and refused when called all the same (design §10). */
export const listTools = (actor: Actor): Tool[] =>
  [...entries.values()].filter(({ named }) => actor.scopes.has(named.capability.scope)).map(({ tool }) => tool);

/** The capability behind a tool. */
export const toolCapability = (name: string): NamedCapability | undefined => entries.get(name)?.named;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Which limits a call counts against, known before anybody knows who calls. Of the two calls that deleting takes, the one that
 * asks deletes nothing: twenty deletions an hour are twenty tasks, not ten.
 */
export function costOfTool(name: string, args: unknown): Cost {
  const entry = entries.get(name);
  if (!entry) return { user: "default", grant: "read" };
  const cost = costOf(entry.named.capability);
  const isAsking = isRecord(args) && (args.preview === true || args.confirmation === undefined);
  return cost.grant === "delete" && entry.wording.asks && isAsking ? { ...cost, grant: "write" } : cost;
}

/**
 * A refusal as an answer: text that a person can act on. A missing permission tells older clients in their own way what to ask
 * for; newer ones are told by the HTTP answer (handler.ts).
 */
export function refusal(error: AppError): ToolResult {
  const lines = error.wants
    ? []
    : error.details.map(({ field, message }) => (field ? `${field}: ${message}` : message));
  const challenge = challengeOf(error);
  return {
    isError: true,
    content: [{ type: "text", text: visible([error.message, ...lines].join("\n")) }],
    _meta: {
      "mindflow/error": {
        code: error.code,
        ...(error.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
      },
      ...(challenge ? { "mcp/www_authenticate": [challenge] } : {}),
    },
  };
}

type Answer = Record<string, unknown> & {
  operationId?: string | null;
  replayed?: boolean;
  preview?: true;
  confirmation?: string;
};

/** The answer in words: what it is about, and for a change what became of it. */
function textOf({ wording, controls }: Entry, answer: Answer, { zone }: Actor, now: Date): string {
  const { told } = messages;
  const text = wording.say?.(answer, { locale: "en-GB", zone, now: now.getTime() }) ?? JSON.stringify(answer);
  if (!controls) return text;
  const { preview, confirmation, replayed, operationId } = answer;
  return [
    preview && told.preview,
    text,
    confirmation && told.confirm(confirmation),
    replayed && told.replayed,
    !preview && (operationId ? told.undo(operationId) : told.unchanged),
  ]
    .filter(Boolean)
    .join("\n");
}

/** The caller of a tool that changes something, with what it said beside the input. */
function controlled(caller: Caller, { wording: { asks } }: Entry, controls: Controls): Caller {
  return {
    ...caller,
    idempotencyKey: controls.operationKey ?? null,
    reason: controls.reason,
    isPreview: controls.preview ?? false,
    ...(asks
      ? {
          confirmation: {
            token: controls.confirmation ?? null,
            isNeeded: (answer) => asks(answer as Record<string, unknown>),
          },
        }
      : {}),
  };
}

/** Splits what was sent into the tool's own input and what goes beside it, which is checked first. */
function prepare(entry: Entry, args: unknown, caller: Caller): { caller: Caller; input: unknown } {
  const { named, wording, controls } = entry;
  // What is no object, and who may not call this at all, is left to `invoke` to refuse.
  if (!controls || !isRecord(args) || !caller.actor?.scopes.has(named.capability.scope)) return { caller, input: args };
  const own = Object.keys(controls.shape);
  const isOwn = ([field]: [string, unknown]) => own.includes(field);
  const beside = Object.fromEntries(Object.entries(args).filter(isOwn));
  // Not an object literal: a key such as __proto__ has to stay visible to the check of the raw input.
  const input = Object.fromEntries(Object.entries(args).filter((field) => !isOwn(field)));
  const said = parse(controls, beside) as Controls;
  const missing = (wording.required ?? []).filter((field) => input[field] === undefined);
  if (missing.length > 0)
    throw new AppError("VALIDATION_ERROR", "Some fields need attention.", {
      details: missing.map((field) => ({ field, message: "Is required." })),
    });
  return { caller: controlled(caller, entry, said), input };
}

/**
 * Calls a tool through `invoke`. A refusal is an answer with `isError` and a text that a person can act on, never a throw.
 * @param args as the client sent them
 * @throws ProtocolError for what is no tool: no tool can answer then, and MCP wants an error of the protocol
 */
export async function callTool(name: string, args: unknown, caller: Caller): Promise<ToolResult> {
  const entry = entries.get(name);
  if (!entry) {
    caller.event.code = "RESOURCE_NOT_FOUND";
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, messages.noSuchTool);
  }
  caller.event.tool = name;
  try {
    const prepared = prepare(entry, args, caller);
    const answer: Answer = await invoke(entry.named, prepared.caller, prepared.input);
    const text = caller.actor ? textOf(entry, answer, caller.actor, caller.now) : "";
    return { content: [{ type: "text", text: visible(text) }], structuredContent: answer };
  } catch (failure) {
    const error = toAppError(failure);
    caller.event.code = error.code;
    caller.event.failure = error;
    return refusal(error);
  }
}
