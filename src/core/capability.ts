import "server-only";
import type { z } from "zod";
import type { Ctx, MutationCtx } from "./context.ts";
import type { Cost, UserLimit } from "./limits.ts";
import { isKeyScope, isTokenScope, type Scope, scopes } from "./scopes.ts";

/** `GET /tasks/{id}`: path below `/api/v1`. `headers` copies fields of the answer into response headers. */
export type HttpLine = Readonly<{
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: `/${string}`;
  status?: 200 | 201 | 204;
  headers?: Readonly<Record<string, string>>;
  /** An answer whose `field` is null is a 404 over REST, which says what stands in `because` (design §12, "no best task"). */
  absent?: Readonly<{ field: string; because: string }>;
}>;

/** For whom an answer is put in words: what dates look like there, and from when they are seen. */
export type Reader = Readonly<{ locale: string; zone: string; now: number }>;

/** How an assistant sees it (design §10); `destructive` and `idempotent` become MCP annotations. */
export type ToolWording<O extends z.ZodObject = z.ZodObject> = Readonly<{
  name: string;
  title: string;
  description: string;
  destructive?: boolean;
  idempotent?: boolean;
  /** Fields that an assistant must state although a person may leave them out. */
  required?: readonly string[];
  /** What it may send, where that is less than others may. */
  input?: z.ZodObject;
  // Method syntax here too, see `run`.
  /** The answer in words, for whoever reads it; JSON when left out. */
  say?(answer: z.output<O>, reader: Reader): string;
  /** Is what it would do so much that the person has to be asked first (security MC-07)? */
  asks?(answer: z.output<O>): boolean;
}>;

type Declaration<I extends z.ZodObject, O extends z.ZodObject> = {
  summary: string;
  /** Without it the capability neither compiles nor starts. */
  scope: Scope;
  limit?: UserLimit;
  input: I;
  output: O;
  http?: HttpLine;
  tool?: ToolWording<O>;
  /** Ids of the tasks that an answer shows: for the record of what was read, and for whoever may see only some. */
  shows?(answer: z.output<O>): string[];
};

export interface Query<I extends z.ZodObject = z.ZodObject, O extends z.ZodObject = z.ZodObject>
  extends Declaration<I, O> {
  kind: "query";
  // Method syntax on purpose: it is bivariant, so a table of capabilities needs no `any` (style §6).
  run(ctx: Ctx, input: z.output<I>): Promise<z.input<O>>;
}

export interface Mutation<I extends z.ZodObject = z.ZodObject, O extends z.ZodObject = z.ZodObject>
  extends Declaration<I, O> {
  kind: "mutation";
  /** Nullable fields of the answer that are secrets: a repetition with the same key answers null, nothing keeps them. */
  shownOnce?: readonly string[];
  run(ctx: MutationCtx, input: z.output<I>): Promise<z.input<O>>;
}

export type Capability<I extends z.ZodObject = z.ZodObject, O extends z.ZodObject = z.ZodObject> =
  | Query<I, O>
  | Mutation<I, O>;

/** What every mutation adds to its answer. `operationId` is null when nothing was written to the journal. */
export type Receipt = { operationId: string | null; replayed: boolean };

/** Which limits a call of this capability counts against. */
export const costOf = ({ kind, limit, scope }: Capability): Cost => ({
  user: limit ?? "default",
  grant: kind === "query" ? "read" : scope === "tasks:delete" ? "delete" : "write",
});

export const query = <I extends z.ZodObject, O extends z.ZodObject>(
  declared: Omit<Query<I, O>, "kind">,
): Query<I, O> => ({
  kind: "query",
  ...declared,
});

export const mutation = <I extends z.ZodObject, O extends z.ZodObject>(
  declared: Omit<Mutation<I, O>, "kind">,
): Mutation<I, O> => ({ kind: "mutation", ...declared });

export type CapabilityTable = Readonly<Record<string, Readonly<Record<string, Capability>>>>;
export type NamedCapability = Readonly<{ name: string; capability: Capability }>;

/**
 * Checks the table of contents when the process starts and lists it flat, as `tasks.create` and so on.
 * @throws Error for a capability without a known scope, reachable by a credential that can never hold its scope, or whose route or tool is taken
 */
export function listCapabilities(table: CapabilityTable): NamedCapability[] {
  const all = Object.entries(table).flatMap(([feature, group]) =>
    Object.entries(group).map(([verb, capability]) => ({ name: `${feature}.${verb}`, capability })),
  );
  const taken = new Set<string>();
  for (const { name, capability } of all) {
    const { scope, http, tool } = capability;
    if (!scopes.includes(scope)) throw new Error(`${name} has no scope`);
    if (http && !isKeyScope(scope)) throw new Error(`${name} has a REST route, but no key or token can hold ${scope}`);
    if (tool && !isTokenScope(scope)) throw new Error(`${name} is a tool, but no token can hold ${scope}`);
    // Two paths that differ in the name of a parameter only are one path.
    const route = http && `${http.method} ${http.path.replace(/\{\w+\}/g, "{}")}`;
    for (const place of [route, tool && `the tool ${tool.name}`]) {
      if (place && taken.has(place)) throw new Error(`${name}: ${place} is taken`);
      if (place) taken.add(place);
    }
  }
  return all;
}
