import "server-only";
import { type AppError, errorTable } from "#core/errors.ts";
import { challengeOf } from "../challenge.ts";

/** A refusal as RFC 9457 `application/problem+json` (design §5). */
export function problem(error: AppError, requestId: string): Response {
  const { status, title } = errorTable[error.code];
  const headers = new Headers({ "Content-Type": "application/problem+json" });
  if (error.retryAfterSeconds !== undefined) headers.set("Retry-After", String(error.retryAfterSeconds));
  const challenge = challengeOf(error);
  if (challenge) headers.set("WWW-Authenticate", challenge);
  const body = {
    type: "about:blank",
    title,
    status,
    detail: error.message,
    code: error.code,
    details: error.details,
    requestId,
  };
  return new Response(JSON.stringify(body), { status, headers });
}
