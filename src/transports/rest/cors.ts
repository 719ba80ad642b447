import "server-only";
import { env } from "#core/env.ts";

/** CORS by exact origin from the configuration, never with credentials (design §3, requirements S4-02). */
function corsHeaders(request: Request): Record<string, string> {
  const origin = request.headers.get("origin");
  if (!origin || !env().CORS_ORIGINS.includes(origin)) return { Vary: "Origin" };
  return {
    Vary: "Origin",
    "Access-Control-Allow-Origin": origin,
    "Access-Control-Expose-Headers":
      "X-Request-Id, X-Total-Count, X-Unread-Count, Retry-After, Location, WWW-Authenticate",
  };
}

export function withCors(request: Request, response: Response): Response {
  for (const [name, value] of Object.entries(corsHeaders(request))) response.headers.set(name, value);
  return response;
}

const allowed = {
  methods: "GET, POST, PUT, PATCH, DELETE",
  headers: "Authorization, Content-Type, Idempotency-Key, X-API-Key, X-Request-Id",
};

/** The answer to a preflight. @param may what this door lets a page of another origin send */
export const preflight = (request: Request, may: typeof allowed = allowed): Response =>
  new Response(null, {
    status: 204,
    headers: {
      ...corsHeaders(request),
      "Access-Control-Allow-Methods": may.methods,
      "Access-Control-Allow-Headers": may.headers,
      "Access-Control-Max-Age": "86400",
    },
  });
