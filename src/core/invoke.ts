import "server-only";
import { createHash } from "node:crypto";
import type { z } from "zod";
import type { Capability, NamedCapability, Query, Receipt } from "./capability.ts";
import { issueConfirmation, takeConfirmation } from "./confirmation.ts";
import type { Actor, Ctx, Recorder } from "./context.ts";
import { type Db, pooled, type Transaction, transaction } from "./db.ts";
import { AppError, type ErrorDetail, insufficientScope, invalid, toAppError } from "./errors.ts";
import { log, type RequestEvent } from "./log.ts";
import { checkRawInput } from "./raw-input.ts";
import type { Scope } from "./scopes.ts";
import { inTurn } from "./turns.ts";

/** What the journal does for `invoke`; transports pass the real one (core must not know features). */
export interface Journal {
  open(ctx: Ctx, capability: string): JournalEntry;
  /** A mutation was refused or failed, or a read denied: leaves an audit event, in its own statement (requirements M-120). */
  refused(ctx: Ctx, capability: string, raw: unknown, error: AppError, milliseconds: number): Promise<void>;
}

export interface JournalEntry extends Recorder {
  readonly hasChanges: boolean;
  /**
   * Claims the key, or returns the stored answer of the call that had it.
   * @param shows ids of the tasks that an answer shows
   * @throws CONFLICT for other arguments, RESOURCE_NOT_FOUND where the answer shows what the actor may no longer see
   */
  claim(db: Db, key: string, argsHash: string, shows: (answer: object) => string[]): Promise<object | undefined>;
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
  /** Why, in the words of whoever acts; for the journal. */
  reason?: string | undefined;
  /** Do everything and take it back: the answer says what would happen, and nothing is written. */
  isPreview?: boolean;
  /** Where the person has to be asked first: whether that is so, and the token that says they were. */
  confirmation?: Readonly<{ token: string | null; isNeeded: (answer: object) => boolean }>;
  /**
   * Keeps what the actor may do in place until the change is written: whoever takes it away waits for a call under way, and none
   * comes after.
   * @throws AppError when it was taken away since the actor was verified
   */
  hold?: (db: Db, actor: Actor, scope: Scope) => Promise<void>;
  /** Notes what an assistant read. */
  noteRead?: (ctx: Ctx, named: NamedCapability, taskIds: readonly string[]) => Promise<void>;
};

/** Thrown to take a transaction back whose answer is wanted nevertheless. */
class Rehearsal {
  readonly output: object;
  readonly isToConfirm: boolean;

  constructor(output: object, isToConfirm: boolean) {
    this.output = output;
    this.isToConfirm = isToConfirm;
  }
}

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
export function parse<S extends z.ZodObject>(schema: S, raw: unknown): z.output<S> {
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
const isIdempotencyKey = (key: unknown): key is string => typeof key === "string" && /^[\x21-\x7e]{1,255}$/.test(key);

/** @param field what the key is called at this door */
const badIdempotencyKey = (field: string): AppError => invalid(field, "Use 1 to 255 visible ASCII characters.");

async function mutate(
  named: NamedCapability,
  caller: Caller,
  ctx: Ctx,
  input: Record<string, unknown>,
): Promise<object> {
  const { capability, name } = named;
  if (capability.kind !== "mutation") throw new Error(`${name} is not a mutation`);
  const { idempotencyKey: key = null, isPreview = false, confirmation } = caller;
  if (key !== null && !isIdempotencyKey(key)) throw badIdempotencyKey("Idempotency-Key");
  const call = hashOf(name, input);
  const shows = (answer: object) => capability.shows?.(answer as Record<string, unknown>) ?? [];
  const work = async (db: Transaction) => {
    const entry = caller.journal.open(ctx, name);
    // First on its way, so that it comes before every row of the work; awaited with what follows.
    const held = caller.hold?.(db, ctx.actor, capability.scope);
    held?.catch(() => undefined);
    if (key !== null && !isPreview) {
      const stored = await entry.claim(db, key, call, shows);
      if (stored !== undefined) {
        await held;
        caller.event.replayed = true;
        return { ...stored, replayed: true };
      }
    }
    const isConfirmed = typeof confirmation?.token === "string" && !isPreview;
    if (isConfirmed) await takeConfirmation(db, ctx.actor, call, ctx.now, confirmation.token ?? "");
    const output = parseOutput(capability, await capability.run({ ...ctx, db, recorder: entry }, input));
    await held;
    const isToConfirm = !isConfirmed && !isPreview && Boolean(confirmation?.isNeeded(output));
    if (isPreview || isToConfirm) throw new Rehearsal(output, isToConfirm);
    if (caller.reason !== undefined) entry.because(caller.reason);
    const answer = { ...output, operationId: entry.hasChanges ? entry.operationId : null, replayed: false };
    const hidden = Object.fromEntries((capability.shownOnce ?? []).map((field) => [field, null]));
    entry.commit(db, { ...answer, ...hidden });
    return answer;
  };
  try {
    return await transaction(work, () => caller.event.queries++);
  } catch (thrown) {
    if (!(thrown instanceof Rehearsal)) throw thrown;
    const token = thrown.isToConfirm ? { confirmation: await issueConfirmation(ctx.db, ctx.actor, call, ctx.now) } : {};
    return { ...thrown.output, operationId: null, replayed: false, preview: true, ...token };
  }
}

/** Reads, and notes for the person what an assistant was shown; the note's failure is the log's, not the assistant's. */
async function read(named: NamedCapability, caller: Caller, ctx: Ctx, input: Record<string, unknown>): Promise<object> {
  const { capability } = named;
  const output = parseOutput(capability, await (capability as Query).run(ctx, input));
  if (ctx.actor.grantId && caller.noteRead)
    await caller
      .noteRead(ctx, named, capability.shows?.(output as Record<string, unknown>) ?? [])
      .catch((err: unknown) => log().error({ requestId: ctx.requestId, err }, "what was read could not be noted"));
  return output;
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
 * @returns the capability's output; a mutation adds `operationId` and `replayed`, and `preview` where nothing was done
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
  const { event, journal, now, door, requestId, address } = caller;
  const ctx: Ctx = { now, door, requestId, address, actor, db: pooled(() => event.queries++) };
  try {
    if (!actor.scopes.has(capability.scope)) throw insufficientScope(capability.scope, actor.scopes);
    checkRawInput(raw);
    const input = parse(capability.input, raw ?? {});
    const run = capability.kind === "query" ? read : mutate;
    const work = () => run({ name, capability }, caller, ctx, input);
    // All assistants of a person stand in one line, the person in none: they have to get at the button that ends it.
    const answered = actor.grantId
      ? inTurn(actor.userId, async (hasWaited) => {
          if (hasWaited && run === read) await caller.hold?.(ctx.db, actor, capability.scope);
          return await work();
        })
      : work();
    return (await answered) as Answer<C>;
  } catch (failure) {
    const error = toAppError(failure);
    // Reads leave no trace but where something was denied: a foreign thing, or a permission that is not held (design §12).
    const isDenied = error.code === "RESOURCE_NOT_FOUND" || error.code === "FORBIDDEN";
    if ((capability.kind === "mutation" && !caller.isPreview) || isDenied)
      await journal.refused(ctx, name, raw, error, performance.now() - event.startedAt).catch(() => undefined);
    throw error;
  }
}
