import "server-only";
import { pooled } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { actorFromBearer } from "#features/connections/bearer.ts";
import type { Authenticate } from "../context.ts";

/** Programs: an access token of a connected assistant. Never the cookie, never the address (design §3). */
export const byBearer: Authenticate = async (headers, cost, event) => {
  // Keys are made by their owner; as long as nobody can make one, none is valid (requirements S3-47).
  if (headers.has("x-api-key")) throw new AppError("INVALID_TOKEN", "This key is not valid.");
  return await actorFromBearer(
    headers.get("authorization"),
    cost.grant,
    pooled(() => event.queries++),
  );
};
