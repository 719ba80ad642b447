import { workAsyncStorage } from "next/dist/server/app-render/work-async-storage.external.js";
import { workUnitAsyncStorage } from "next/dist/server/app-render/work-unit-async-storage.external.js";
import { createRequestStoreForAPI } from "next/dist/server/async-storage/request-store.js";
import { appendMutableCookies } from "next/dist/server/web/spec-extension/adapters/request-cookies.js";

type Store = Parameters<typeof createRequestStoreForAPI>;

/**
 * Runs a route handler as Next does: `cookies()` and `headers()` are this request's, and cookies that were set go into the
 * answer. Next's own parts, put together without its server.
 */
export async function inNext(request: Request, handler: (request: Request) => Promise<Response>): Promise<Response> {
  const url = new URL(request.url);
  const store = createRequestStoreForAPI(
    request as unknown as Store[0],
    url as unknown as Store[1],
    [] as unknown as Store[2],
    undefined,
    { previewModeId: "x", previewModeEncryptionKey: "x", previewModeSigningKey: "x" } as unknown as Store[4],
    undefined,
  );
  const work = { page: "/api/route", route: "/api", forceStatic: false, dynamicShouldError: false };
  return await workAsyncStorage.run(work as unknown as Parameters<typeof workAsyncStorage.run>[0], () =>
    workUnitAsyncStorage.run(store, async () => {
      const response = await handler(request);
      const headers = new Headers(response.headers);
      appendMutableCookies(headers, store.mutableCookies);
      return new Response(response.body, { status: response.status, headers });
    }),
  );
}
