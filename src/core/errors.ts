import { isTokenScope, type Scope, tokenScopes } from "./scopes.ts";

/**
 * Every refusal has one of these codes; what precisely went wrong stands in `details` (style §6.2).
 * The one table to the two wires that need numbers: HTTP status and tRPC's code.
 */
export const errorTable = {
  AUTH_REQUIRED: { status: 401, trpc: "UNAUTHORIZED", title: "Sign in first" },
  INVALID_TOKEN: { status: 401, trpc: "UNAUTHORIZED", title: "Credential not accepted" },
  FORBIDDEN: { status: 403, trpc: "FORBIDDEN", title: "Not allowed" },
  RESOURCE_NOT_FOUND: { status: 404, trpc: "NOT_FOUND", title: "Not found" },
  METHOD_NOT_ALLOWED: { status: 405, trpc: "METHOD_NOT_SUPPORTED", title: "Method not allowed" },
  CONFLICT: { status: 409, trpc: "CONFLICT", title: "Conflict" },
  PAYLOAD_TOO_LARGE: { status: 413, trpc: "PAYLOAD_TOO_LARGE", title: "Too large" },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, trpc: "UNSUPPORTED_MEDIA_TYPE", title: "Media type not supported" },
  VALIDATION_ERROR: { status: 422, trpc: "BAD_REQUEST", title: "Some input is not valid" },
  RATE_LIMIT_EXCEEDED: { status: 429, trpc: "TOO_MANY_REQUESTS", title: "Too many requests" },
  INTERNAL_ERROR: { status: 500, trpc: "INTERNAL_SERVER_ERROR", title: "Something went wrong" },
  UNAVAILABLE: { status: 503, trpc: "SERVICE_UNAVAILABLE", title: "Not available right now" },
} as const;

export type ErrorCode = keyof typeof errorTable;

/** One thing that is wrong with the input: `field` is the dotted path, empty for the input as a whole. */
export type ErrorDetail = { field: string; message: string };

/** A refusal whose message is safe to show to whoever asked; `cause` is for the log only. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: readonly ErrorDetail[];
  readonly retryAfterSeconds: number | undefined;
  /** The permissions that a token would need for this call to be let through: those it has, and what is missing. */
  readonly wants: readonly Scope[] | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      details?: readonly ErrorDetail[];
      retryAfterSeconds?: number;
      wants?: readonly Scope[];
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.details = options.details ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.wants = options.wants;
  }
}

/** Not yours, outside your fence and not there are the same answer, byte for byte (design §5). */
export const notFound = (): AppError => new AppError("RESOURCE_NOT_FOUND", "There is nothing here with that id.");

/** A permission is missing. What a token can hold may be asked for (RFC 6750 §3.1); for the rest there is nothing to ask. */
export const insufficientScope = (missing: Scope, held: Iterable<Scope>): AppError =>
  new AppError("FORBIDDEN", `This needs the permission ${missing}.`, {
    details: [{ field: "", message: `insufficient_scope: ${missing}` }],
    ...(isTokenScope(missing)
      ? { wants: tokenScopes.filter((scope) => scope === missing || new Set(held).has(scope)) }
      : {}),
  });

/** One field is wrong. */
export const invalid = (field: string, message: string): AppError =>
  new AppError("VALIDATION_ERROR", "Some fields need attention.", { details: [{ field, message }] });

// Postgres' codes, and Prisma's (P…) for the same things.
const codes = (list: string) => new Set(list.split(" "));
const unavailable = codes(
  "57014 57P01 57P02 57P03 53300 53400 08000 08003 08006 55P03 P1001 P1002 P1008 P1017 P2024 P2028",
);
const conflicts = codes("23505 23503 40001 40P01 P2002 P2034");
const invalidInput = codes("22P05 22021 22P02 23514 22001 22003 22007 22008 22009");
// pg says these without a code.
const lostConnection =
  /timeout exceeded when trying to connect|Query read timeout|Connection terminated|has encountered a connection error|Client was closed/;
const networkCodes = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND"]);

/** Turns anything thrown into a refusal that is safe to show; what is unexpected keeps its cause for the log (requirements S0-29). */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === "string") {
    if (unavailable.has(code) || networkCodes.has(code))
      return new AppError("UNAVAILABLE", "The database does not answer. Try again in a moment.", {
        cause: error,
        retryAfterSeconds: 2,
      });
    if (conflicts.has(code))
      return new AppError("CONFLICT", "Someone changed this at the same time. Try again.", { cause: error });
    if (invalidInput.has(code)) return new AppError("VALIDATION_ERROR", "A value cannot be stored.", { cause: error });
  }
  if (typeof message === "string" && lostConnection.test(message))
    return new AppError("UNAVAILABLE", "The database does not answer. Try again in a moment.", {
      cause: error,
      retryAfterSeconds: 2,
    });
  return new AppError("INTERNAL_ERROR", "Something went wrong on our side. Nothing was changed.", { cause: error });
}
