import "server-only";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { AppError, errorTable, toAppError } from "#core/errors.ts";
import { assertSameOrigin } from "#core/origin.ts";
import { handleRequest, readBody } from "#core/request.ts";
import { bySession, callerOf } from "../context.ts";
import { appRouter } from "./router.ts";

const maxBodyBytes = 131_072;
const endpoint = "/api/trpc";

/**
 * The same request with its body read under a limit. JSON only: tRPC would also take forms and files, which are objects
 * without fields to every check that follows.
 */
async function capped(request: Request): Promise<Request> {
  if (request.method !== "POST") return request;
  const body = await readBody(request, maxBodyBytes);
  const type = (request.headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json") throw new AppError("UNSUPPORTED_MEDIA_TYPE", "Send the input as application/json.");
  return new Request(request.url, { method: "POST", headers: request.headers, body: body === "" ? null : body });
}

/** `/api/trpc/*`: browsers only. Session cookie; every unsafe request must come from our own origin (design §3). */
export const handleTrpc = (request: Request): Promise<Response> =>
  handleRequest(
    request,
    "trpc",
    async (event) => {
      if (request.method === "POST") assertSameOrigin(request.headers);
      const response = await fetchRequestHandler({
        endpoint,
        req: await capped(request),
        router: appRouter,
        allowBatching: false,
        createContext: () => ({ event, caller: (cost) => callerOf(request.headers, "trpc", event, cost, bySession) }),
        onError: ({ error }) => {
          event.code = error.cause instanceof AppError ? error.cause.code : error.code;
          event.failure = toAppError(error.cause instanceof AppError ? error.cause : error);
        },
        responseMeta: ({ errors }) => {
          const [first] = errors;
          const retry = first?.cause instanceof AppError ? first.cause.retryAfterSeconds : undefined;
          return retry === undefined ? {} : { headers: { "Retry-After": String(retry) } };
        },
      });
      return response;
    },
    (error, event) =>
      Response.json(
        {
          error: {
            message: error.message,
            code: -32600,
            data: {
              code: errorTable[error.code].trpc,
              httpStatus: errorTable[error.code].status,
              appCode: error.code,
              details: error.details,
              requestId: event.requestId,
              retryAfterSeconds: error.retryAfterSeconds ?? null,
            },
          },
        },
        { status: errorTable[error.code].status },
      ),
  );
