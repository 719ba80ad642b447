import { env } from "#core/env.ts";

// The proxy sends pages here that were asked for under another loopback name than APP_URL's; the path is in its header.
export function GET(request: Request): Response {
  const path = request.headers.get("x-mindflow-path") ?? "/";
  return new Response(null, {
    status: 307,
    headers: { Location: `${env().APP_URL}${path}`, "Cache-Control": "no-store" },
  });
}
