import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { env, isLoopback } from "#core/env.ts";
import { requestIdOf } from "#core/request.ts";

/**
 * Scripts need the nonce; what they load themselves is trusted by 'strict-dynamic'. Style attributes stay allowed: React
 * writes measured sizes into them, and they run nothing. In development Next compiles with eval and reloads over a socket.
 */
function contentSecurityPolicy(nonce: string): string {
  const isDevelopment = env().NODE_ENV === "development";
  return [
    "default-src 'self'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    `style-src 'self' ${isDevelopment ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${isDevelopment ? " ws:" : ""}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(env().APP_URL.startsWith("https:") ? ["upgrade-insecure-requests"] : []),
  ].join("; ");
}

// `same-origin`, not `no-referrer`: under the latter, browsers send `Origin: null` with our own forms.
const fixedHeaders = {
  "Referrer-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy":
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
  "Cache-Control": "private, no-cache, no-store, max-age=0, must-revalidate",
};

/**
 * `localhost` and `127.0.0.1` are two sites to a browser: cookies and forms of the one do not work on the other, so a page
 * asked for under the wrong name is answered with the right one.
 */
function rightName(request: NextRequest): URL | null {
  const host = request.headers.get("host") ?? "";
  const app = new URL(env().APP_URL);
  if (!URL.canParse(`http://${host}`) || (request.method !== "GET" && request.method !== "HEAD")) return null;
  const { hostname } = new URL(`http://${host}`);
  if (hostname === app.hostname || !isLoopback(hostname) || !isLoopback(app.hostname)) return null;
  return new URL(`${request.nextUrl.pathname}${request.nextUrl.search}`, app);
}

/** Links that carry a secret are handed to the route handler that moves it into a sealed cookie. */
function secretLink({ method, nextUrl }: NextRequest): URL | null {
  if (method !== "GET") return null;
  const { pathname, searchParams } = nextUrl;
  const isLink =
    (pathname === "/setup" && searchParams.has("token")) || (pathname === "/sign-up" && searchParams.has("invite"));
  if (!isLink) return null;
  const url = nextUrl.clone();
  url.pathname = pathname === "/setup" ? "/api/identity/set-up" : "/api/identity/sign-up";
  return url;
}

/** Headers of every HTML page, its 404 included (design §13). It guards nothing: who may see what is decided by the page. */
export function proxy(request: NextRequest): NextResponse {
  const elsewhere = rightName(request);
  if (elsewhere) return NextResponse.redirect(elsewhere, 307);
  const nonce = randomBytes(18).toString("base64");
  const csp = contentSecurityPolicy(nonce);
  const requestId = requestIdOf(request.headers);
  const headers = new Headers(request.headers);
  headers.set("x-request-id", requestId);
  headers.set("x-mindflow-path", `${request.nextUrl.pathname}${request.nextUrl.search}`);
  // Next reads the nonce for its own scripts from the policy of the request.
  headers.set("content-security-policy", csp);
  headers.set("x-nonce", nonce);
  const link = secretLink(request);
  if (link) return NextResponse.rewrite(link, { request: { headers } });
  const response = NextResponse.next({ request: { headers } });
  for (const [name, value] of Object.entries(fixedHeaders)) response.headers.set(name, value);
  response.headers.set("Content-Security-Policy", csp);
  response.headers.set("X-Request-Id", requestId);
  if (env().NODE_ENV === "production" && env().APP_URL.startsWith("https:"))
    response.headers.set("Strict-Transport-Security", "max-age=31536000");
  return response;
}

// Not on API routes, whose bodies it would cut at 10 MB and whose handlers set their own headers, and not on files. A path
// with a dot can be a page (a tag, a 404), so files are listed, not guessed.
export const config = {
  matcher: [
    "/((?!api(?:/|$)|mcp(?:/|$)|oauth/(?:authorize|token|register|revoke|introspect)(?:/|$)|\\.well-known/|_next/static/|_next/image|fonts/|icons/|favicon\\.ico$|icon\\.svg$|apple-icon\\.png$|robots\\.txt$|manifest\\.webmanifest$).*)",
  ],
};
