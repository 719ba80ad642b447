import "server-only";
import { dayIn, instantAt } from "#core/clock.ts";
import { type Ctx, type MutationCtx, ownerOf } from "#core/context.ts";
import { sql } from "#core/db.ts";
import { AppError, invalid } from "#core/errors.ts";
import { isTokenScope, tokenScopes } from "#core/scopes.ts";
import type { UndoManyOutcome, UndoPreview } from "#features/journal/schema.ts";
import { previewUndoGrant, undoGrant } from "#features/journal/service.ts";
import { findAssistant, ownedGrant } from "./data.ts";
import { messages } from "./messages.ts";
import { isSpan } from "./rules.ts";
import type { AssistantState, Narrowing } from "./schema.ts";

// What a person does to a connection of theirs. The grant's row is the truth that every call asks, so each of these bites at
// the assistant's next call, on every process.

type Ref = { id: string };

/** One change of a connection that was not ended meanwhile. */
const change = (set: string) =>
  sql(
    `UPDATE grants g SET ${set} FROM users u WHERE u.id = g.user_id AND ${ownedGrant} AND g.id = $3::uuid AND g.ended_at IS NULL`,
  );

// Waits for the calls that are writing (`holdGrant`), and lets those behind it see what comes of it: once a person's button has
// answered, nothing more is written that it forbids.
const lock = sql(`SELECT g.id FROM grants g WHERE ${ownedGrant} AND g.id = $3::uuid FOR UPDATE`);

/** The connection, which nobody writes by until this act is done. @throws RESOURCE_NOT_FOUND */
async function held(ctx: MutationCtx, id: string): Promise<AssistantState> {
  await ctx.db.query(lock, [...ownerOf(ctx.actor), id]);
  ctx.recorder.about(id);
  return await findAssistant(ctx, id);
}

/** @throws RESOURCE_NOT_FOUND, or CONFLICT once the connection has ended */
async function live(ctx: MutationCtx, id: string): Promise<AssistantState> {
  const assistant = await held(ctx, id);
  if (assistant.endedAt) throw new AppError("CONFLICT", messages.errors.ended(assistant.name));
  return assistant;
}

const setScopes = change("scopes = ARRAY(SELECT s FROM unnest(g.approved) s WHERE s = ANY($4::text[]))");

/**
 * Sets what the assistant may still do: anything the person approved, never more. What it may know of the person is not a matter
 * of calls and stays as approved.
 * @throws VALIDATION_ERROR for what was never approved, CONFLICT once it has ended
 */
export async function narrowAssistant(ctx: MutationCtx, input: Narrowing): Promise<AssistantState> {
  const assistant = await live(ctx, input.id);
  const wanted = tokenScopes.filter((scope) => input[scope]);
  const beyond = wanted.find((scope) => !assistant.approved.includes(scope));
  if (beyond) throw invalid(beyond, messages.errors.notApproved);
  const identity = assistant.approved.filter((scope) => !isTokenScope(scope));
  await ctx.db.query(setScopes, [...ownerOf(ctx.actor), input.id, [...wanted, ...identity]]);
  return await findAssistant(ctx, input.id);
}

const pause = change("paused_at = coalesce(g.paused_at, $4::timestamptz)");
const resume = change("paused_at = NULL");

/** Stops an assistant without ending the connection: every call is refused until the person lets it go on. */
export async function pauseAssistant(ctx: MutationCtx, input: Ref): Promise<AssistantState> {
  await live(ctx, input.id);
  await ctx.db.query(pause, [...ownerOf(ctx.actor), input.id, ctx.now]);
  return await findAssistant(ctx, input.id);
}

/** Lets a paused assistant go on. */
export async function resumeAssistant(ctx: MutationCtx, input: Ref): Promise<AssistantState> {
  await live(ctx, input.id);
  await ctx.db.query(resume, [...ownerOf(ctx.actor), input.id]);
  return await findAssistant(ctx, input.id);
}

const end = sql(`
WITH ended AS (
  UPDATE grants g SET ended_at = $4::timestamptz, ended_by = 'person' WHERE ${ownedGrant} AND g.id = $3::uuid AND g.ended_at IS NULL
)
DELETE FROM oauth_records r USING grants g WHERE ${ownedGrant} AND g.id = $3::uuid AND r.grant_id = g.id`);

/**
 * Ends a connection: its next call is refused, and its codes and renewal tokens are gone. Again changes nothing.
 * @throws RESOURCE_NOT_FOUND
 */
export async function disconnectAssistant(ctx: MutationCtx, input: Ref): Promise<AssistantState> {
  await held(ctx, input.id);
  await ctx.db.query(end, [...ownerOf(ctx.actor), input.id, ctx.now]);
  return await findAssistant(ctx, input.id);
}

const hourMs = 3_600_000;

/** The instant that a span began for this person: their own day's midnight, not the server's. */
function sinceOf({ actor, now }: Pick<Ctx, "actor" | "now">, since: string): Date {
  if (!isSpan(since)) return new Date(since);
  switch (since) {
    case "hour":
      return new Date(now.getTime() - hourMs);
    case "today":
      return instantAt(actor.zone, dayIn(actor.zone, now), 0);
    case "day":
      return new Date(now.getTime() - 24 * hourMs);
    case "connected":
      return new Date(0);
  }
}

type Reach = { id: string; since: string };

/** What undoing would do, in the figures that the button then says. @throws RESOURCE_NOT_FOUND */
export async function previewAssistantUndo(ctx: Ctx, input: Reach): Promise<UndoPreview> {
  await findAssistant(ctx, input.id);
  return await previewUndoGrant(ctx, { grantId: input.id, since: sinceOf(ctx, input.since) });
}

/** Takes back what an assistant did since then; also after it was disconnected. @throws RESOURCE_NOT_FOUND */
export async function undoAssistant(ctx: MutationCtx, input: Reach): Promise<UndoManyOutcome> {
  await findAssistant(ctx, input.id);
  ctx.recorder.about(input.id);
  return await undoGrant(ctx, { grantId: input.id, since: sinceOf(ctx, input.since) });
}

/**
 * Ends a connection and takes back its last 24 hours, both or neither. Ended first, which waits for the
 * calls under way and lets no other begin.
 * @throws RESOURCE_NOT_FOUND
 */
export async function disconnectAndUndo(
  ctx: MutationCtx,
  input: Ref,
): Promise<AssistantState & { undo: UndoManyOutcome }> {
  const ended = await disconnectAssistant(ctx, input);
  const undo = await undoGrant(ctx, { grantId: input.id, since: sinceOf(ctx, "day") });
  return { ...ended, undo };
}
