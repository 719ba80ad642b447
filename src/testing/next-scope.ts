import { workAsyncStorage } from "next/dist/server/app-render/work-async-storage.external.js";
import { workUnitAsyncStorage } from "next/dist/server/app-render/work-unit-async-storage.external.js";
import { createRequestStoreForAPI } from "next/dist/server/async-storage/request-store.js";
import { appendMutableCookies } from "next/dist/server/web/spec-extension/adapters/request-cookies.js";

type Store = Parameters<typeof createRequestStoreForAPI>;

const keys = { previewModeId: "x", previewModeEncryptionKey: "x", previewModeSigningKey: "x" };

/** Next's own parts, put together without its server: `cookies()`, `headers()` and `after()` belong to this request. */
async function scoped<T>(request: Request, isPage: boolean, work: (store: Jar) => Promise<T>): Promise<T> {
  const url = new URL(request.url);
  const later: (() => unknown)[] = [];
  const store = createRequestStoreForAPI(
    request as unknown as Store[0],
    url as unknown as Store[1],
    [] as unknown as Store[2],
    undefined,
    keys as unknown as Store[4],
    undefined,
  );
  if (isPage) store.phase = "render";
  const afterContext = { after: (task: () => unknown) => void later.push(task) };
  const place = { page: "/page", route: "/page", forceStatic: false, dynamicShouldError: false, afterContext };
  try {
    return await workAsyncStorage.run(place as unknown as Parameters<typeof workAsyncStorage.run>[0], () =>
      workUnitAsyncStorage.run(store, () => work(store)),
    );
  } finally {
    for (const task of later) await task();
  }
}
type Jar = ReturnType<typeof createRequestStoreForAPI>;

/** Runs a route handler as Next does; cookies that were set go into the answer. */
export const inNext = (request: Request, handler: (request: Request) => Promise<Response>): Promise<Response> =>
  scoped(request, false, async (store) => {
    const response = await handler(request);
    const headers = new Headers(response.headers);
    appendMutableCookies(headers, store.mutableCookies);
    return new Response(response.body, { status: response.status, headers });
  });

/** Runs what a server-rendered page does before it renders. @returns its value, or where it sent the visitor instead */
export async function inPage<T>(
  headers: Record<string, string>,
  work: () => Promise<T>,
): Promise<{ value: T } | { digest: string }> {
  try {
    return { value: await scoped(new Request("http://localhost:3000/page", { headers }), true, work) };
  } catch (error) {
    const { digest } = error as { digest?: unknown };
    if (typeof digest === "string") return { digest };
    throw error;
  }
}
