import "server-only";
import { clientAddress } from "#core/address.ts";
import type { Actor, Door } from "#core/context.ts";
import { pooled } from "#core/db.ts";
import type { Caller } from "#core/invoke.ts";
import type { Cost } from "#core/limits.ts";
import type { RequestEvent } from "#core/log.ts";
import { holdGrant } from "#features/connections/bearer.ts";
import { noteRead } from "#features/connections/receipts.ts";
import { actorFromCookies } from "#features/identity/session.ts";
import { journal } from "#features/journal/recorder.ts";

/** Finds out who is asking; resolving counts one request against the limit of its kind, in the same statement. */
export type Authenticate = (headers: Headers, cost: Cost, event: RequestEvent) => Promise<Actor | null>;

/** Browser doors: the session cookie and nothing else. */
export const bySession: Authenticate = (headers, cost, event) =>
  actorFromCookies(
    headers.get("cookie"),
    cost.user,
    pooled(() => event.queries++),
  );

/** The only place that picks a credential: request → everything `invoke` needs. */
export async function callerOf(
  headers: Headers,
  door: Door,
  event: RequestEvent,
  cost: Cost,
  authenticate: Authenticate,
  now: Date = new Date(),
): Promise<Caller> {
  const actor = await authenticate(headers, cost, event);
  if (actor) {
    event.actor = actor.userId;
    event.via = actor.via;
    if (actor.sessionId) event.sessionId = actor.sessionId;
    if (actor.clientId) event.clientId = actor.clientId;
  }
  return {
    actor,
    now,
    door,
    requestId: event.requestId,
    address: clientAddress(headers),
    event,
    journal,
    idempotencyKey: headers.get("idempotency-key"),
    noteRead,
    hold: holdGrant,
  };
}
