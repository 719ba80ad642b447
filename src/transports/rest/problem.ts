import "server-only";
import { type AppError, errorTable } from "#core/errors.ts";

/** A refusal as RFC 9457 `application/problem+json` (design §5). */
export function problem(error: AppError, requestId: string): Response {
  const { status, title } = errorTable[error.code];
  const headers = new Headers({ "Content-Type": "application/problem+json" });
  if (error.retryAfterSeconds !== undefined) headers.set("Retry-After", String(error.retryAfterSeconds));
  if (status === 401)
    headers.set("WWW-Authenticate", error.code === "INVALID_TOKEN" ? 'Bearer error="invalid_token"' : "Bearer");
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
