import "server-only";
import { AppError } from "#core/errors.ts";
import type { Authenticate } from "../context.ts";

/**
 * Reads the credential of a REST call. Tokens are issued by the authorization server and keys by their owner; as long as
 * neither exists, no credential can be valid, and saying so is the whole check.
 * @throws INVALID_TOKEN for anything sent (requirements S3-47)
 */
export const byBearer: Authenticate = async (headers) => {
  if (headers.has("authorization") || headers.has("x-api-key"))
    throw new AppError("INVALID_TOKEN", "This token or key is not valid.");
  return null;
};
