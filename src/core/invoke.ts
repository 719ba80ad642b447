import "server-only";
import { createHash } from "node:crypto";
import type { z } from "zod";
import type { Capability, NamedCapability, Receipt } from "./capability.ts";
import type { Ctx, Recorder } from "./context.ts";
import { type Db, pooled, type Transaction, transaction } from "./db.ts";
import { AppError, type ErrorDetail, invalid, toAppError } from "./errors.ts";
import type { RequestEvent } from "./log.ts";
import { checkRawInput } from "./raw-input.ts";

/** What the journal does for `invoke`; transports pass the real one (core must not know features). */
export interface Journal {
  open(ctx: Ctx, capability: string): JournalEntry;
  /** A mutation was refused or failed, or a read denied: leaves an audit event, in its own statement (requirements M-120). */
  refused(ctx: Ctx, capability: string, raw: unknown, error: AppError, milliseconds: number): Promise<void>;
}

export interface JournalEntry extends Recorder {
  readonly hasChanges: boolean;
  /** Claims the key, or returns the stored answer of the call that had it. @throws CONFLICT for other arguments */
  claim(db: Db, key: string, argsHash: string): Promise<unknown | undefined>;
  /** Writes operation, changes, notifications, outbox and idempotent answer in one statement, the transaction's last. */
  commit(db: Transaction, answer: object): void;
}

/** A call as a door sees it: everything of Ctx but the database, which `invoke` opens. */
export type Caller = Omit<Ctx, "db" | "actor"> & {
  actor: Ctx["actor"] | null;
  event: RequestEvent;
  journal: Journal;
  /** From `Idempotency-Key`, or a tool's `operationKey`. */
  idempotencyKey?: string | null;
};

type Answer<C extends Capability> = C["kind"] extends "mutation"
  ? z.output<C["output"]> & Receipt
  : z.output<C["output"]>;

/** zod's findings as field errors; a key that is not known is named itself. */
function fieldErrors(error: z.core.$ZodError): ErrorDetail[] {
  const details = error.issues.flatMap((issue): ErrorDetail[] =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({ field: [...issue.path, key].join("."), message: "This field does not exist." }))
      : [{ field: issue.path.join("."), message: issue.message }],
  );
  return details.slice(0, 50).map(({ field, message }) => ({ field: field.slice(0, 100), message }));
}

/** Parses with zod. @throws AppError VALIDATION_ERROR that names each field */
function parse<S extends z.ZodObject>(schema: S, raw: unknown): z.output<S> {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new AppError("VALIDATION_ERROR", "Some fields need attention.", { details: fieldErrors(parsed.error) });
}

/** JSON with sorted keys: equal arguments hash equally, whatever order they came in. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, child]) => child !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, child]) => [key, canonical(child)]),
  );
}

const hashOf = (name: string, input: unknown) =>
  createHash("sha256")
    .update(`${name}\n${JSON.stringify(canonical(input))}`)
    .digest("hex");

/** Is this a key that a client may send: 1 to 255 visible ASCII characters? */
export const isIdempotencyKey = (key: unknown): key is string =>
  typeof key === "string" && /^[\x21-\x7e]{1,255}$/.test(key);

/** @param field what the key is called at this door */
export const badIdempotencyKey = (field: string): AppError => invalid(field, "Use 1 to 255 visible ASCII characters.");

async function mutate(
  named: NamedCapability,
  caller: Caller,
  ctx: Ctx,
  input: Record<string, unknown>,
): Promise<object> {
  const { capability, name } = named;
  if (capability.kind !== "mutation") throw new Error(`${name} is not a mutation`);
  const key = caller.idempotencyKey ?? null;
  if (key !== null && !isIdempotencyKey(key)) throw badIdempotencyKey("Idempotency-Key");
  return await transaction(
    async (db) => {
      const entry = caller.journal.open(ctx, name);
      if (key !== null) {
        const stored = await entry.claim(db, key, hashOf(name, input));
        if (stored !== undefined) {
          caller.event.replayed = true;
          return { ...(stored as object), replayed: true };
        }
      }
      const output = parseOutput(capability, await capability.run({ ...ctx, db, recorder: entry }, input));
      const answer = { ...output, operationId: entry.hasChanges ? entry.operationId : null, replayed: false };
      const hidden = Object.fromEntries((capability.shownOnce ?? []).map((field) => [field, null]));
      entry.commit(db, { ...answer, ...hidden });
      return answer;
    },
    () => caller.event.queries++,
  );
}

/** A wall: columns that the schema does not declare never leave. A mismatch is our own fault, so a 500. */
function parseOutput(capability: Capability, output: unknown): object {
  const parsed = capability.output.safeParse(output);
  if (parsed.success) return parsed.data;
  throw new AppError("INTERNAL_ERROR", "Something went wrong on our side. Nothing was changed.", {
    cause: parsed.error,
  });
}

/**
 * The one door (design §5): actor → scope → raw size and depth → parse → idempotency key → run → parse output. A mutation
 * runs in one transaction with its journal entry, notification, outbox row and idempotent answer: all or none.
 * @param raw what the client sent, unparsed
 * @returns the capability's output; a mutation adds `operationId` and `replayed`
 * @throws AppError, never anything else
 */
export async function invoke<C extends Capability>(
  named: { name: string; capability: C },
  caller: Caller,
  raw: unknown,
): Promise<Answer<C>> {
  const { capability, name } = named as NamedCapability;
  caller.event.capability = name;
  const { actor } = caller;
  if (!actor) throw new AppError("AUTH_REQUIRED", "Sign in, or send a token.");
  const { event, journal, idempotencyKey: _, ...rest } = caller;
  const ctx: Ctx = { ...rest, actor, db: pooled(() => event.queries++) };
  try {
    if (!actor.scopes.has(capability.scope))
      throw new AppError("FORBIDDEN", `This needs the permission ${capability.scope}.`, {
        details: [{ field: "", message: `insufficient_scope: ${capability.scope}` }],
      });
    checkRawInput(raw);
    const input = parse(capability.input, raw ?? {});
    if (capability.kind === "query") return parseOutput(capability, await capability.run(ctx, input)) as Answer<C>;
    return (await mutate({ name, capability }, caller, ctx, input)) as Answer<C>;
  } catch (failure) {
    const error = toAppError(failure);
    // Reads leave no trace but where something was denied: a foreign thing, or a permission that is not held (design §12).
    const isDenied = error.code === "RESOURCE_NOT_FOUND" || error.code === "FORBIDDEN";
    if (capability.kind === "mutation" || isDenied)
      await journal.refused(ctx, name, raw, error, performance.now() - event.startedAt).catch(() => undefined);
    throw error;
  }
}
