import "server-only";
import { AppError } from "#core/errors.ts";
import { safeReturnTo } from "#core/origin.ts";
import { handleRequest } from "#core/request.ts";
import { errorPage } from "./error-page.ts";

const messages = {
  RATE_LIMIT_EXCEEDED: "Too many requests in a short time. Wait a moment, then go on.",
  UNAVAILABLE: "The database does not answer. Nothing was changed. Try again in a moment.",
  METHOD_NOT_ALLOWED: "Nothing here takes this method.",
} as const;
type Code = keyof typeof messages;
const isCode = (code: string): code is Code => Object.hasOwn(messages, code);

/** Where a page sends a visitor it cannot serve right now. */
export const refusalPath = ({ code, retryAfterSeconds = 5 }: AppError, returnTo: string): string =>
  `/api/refused/${code}?${new URLSearchParams({ seconds: String(retryAfterSeconds), returnTo })}`;

/** `GET /api/refused/<code>`: 429 or 503 with Retry-After, or 405, and a way back. */
export const handleRefusal = (request: Request, code: string): Promise<Response> =>
  handleRequest(
    request,
    "page",
    async (event) => {
      const query = new URL(request.url).searchParams;
      if (!isCode(code)) throw new AppError("RESOURCE_NOT_FOUND", "There is no such address.");
      const retryAfterSeconds = Math.min(3600, Math.max(1, Math.trunc(Number(query.get("seconds"))) || 5));
      event.code = code;
      const isForGood = code === "METHOD_NOT_ALLOWED";
      const refusal = new AppError(code, messages[code], isForGood ? {} : { retryAfterSeconds });
      const answer = errorPage(refusal, event.requestId, safeReturnTo(query.get("returnTo")));
      if (isForGood) answer.headers.set("Allow", "GET, HEAD, POST");
      return answer;
    },
    (error, event) => errorPage(error, event.requestId, "/next"),
  );
