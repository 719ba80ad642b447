import "server-only";
import { pooled } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { actorFromBearer, claimOf } from "#features/connections/bearer.ts";
import type { Authenticate } from "../context.ts";

// Keys are made by their owner; as long as nobody can make one, none is valid (requirements S3-47).
function refuseKey(headers: Headers): void {
  if (headers.has("x-api-key")) throw new AppError("INVALID_TOKEN", "This key is not valid.");
}

/**
 * Does this request bring a token that this server signed? Asked before a large body is read: whoever invents a token must
 * not make the server read and parse.
 * @returns false without any credential
 * @throws AppError INVALID_TOKEN
 */
export async function bringsToken(headers: Headers): Promise<boolean> {
  refuseKey(headers);
  const header = headers.get("authorization");
  return header !== null && Boolean(await claimOf(header));
}

/** Programs: an access token of a connected assistant. Never the cookie, never the address (design §3). */
export const byBearer: Authenticate = async (headers, cost, event) => {
  refuseKey(headers);
  return await actorFromBearer(
    headers.get("authorization"),
    cost.grant,
    pooled(() => event.queries++),
  );
};
