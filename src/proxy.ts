import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { env, isLoopback } from "#core/env.ts";
import { requestIdOf } from "#core/request.ts";
import { redirectOf } from "#features/connections/data.ts";

/**
 * Scripts need the nonce; what they load themselves is trusted by 'strict-dynamic'. Style attributes stay allowed: React
 * writes measured sizes into them, and they run nothing. In development Next compiles with eval and reloads over a socket.
 */
function contentSecurityPolicy(nonce: string, formTarget: string): string {
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
    `form-action 'self'${formTarget && ` ${formTarget}`}`,
    "frame-ancestors 'none'",
    // Not where an answer goes to a program on this computer, which listens on plain http.
    ...(env().APP_URL.startsWith("https:") && !formTarget.startsWith("http:") ? ["upgrade-insecure-requests"] : []),
  ].join("; ");
}

// `same-origin`, not `no-referrer`: under the latter, browsers send `Origin: null` with our own forms.
const fixedHeaders = {
  "Referrer-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
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
function isWrongName(request: NextRequest): boolean {
  const host = request.headers.get("host") ?? "";
  if (!URL.canParse(`http://${host}`) || (request.method !== "GET" && request.method !== "HEAD")) return false;
  const { hostname } = new URL(`http://${host}`);
  const ours = new URL(env().APP_URL).hostname;
  return hostname !== ours && isLoopback(hostname) && isLoopback(ours);
}

const answerHeader = "x-mindflow-answer";

/** A link that carries a secret: where it is moved into a sealed cookie, and the secret. */
function secretLink({ method, nextUrl }: NextRequest): readonly [string, string] | null {
  if (method !== "GET") return null;
  const { pathname, searchParams } = nextUrl;
  const setUp = pathname === "/setup" ? searchParams.get("token") : null;
  const invite = pathname === "/sign-up" ? searchParams.get("invite") : null;
  if (setUp !== null) return ["/api/identity/set-up", setUp];
  return invite === null ? null : ["/api/identity/sign-up", invite];
}

/**
 * Lets a route handler answer. By a header that next.config.mjs routes by, not by a rewrite from here: to Next, listening on
 * 127.0.0.1, this request's own `localhost` is another server, which it asks over the network and not always gets through to.
 */
function answeredBy(handler: string, headers: Headers): NextResponse {
  headers.set(answerHeader, handler);
  return NextResponse.next({ request: { headers } });
}

/**
 * Where the answer of a consent page leads: the browser applies `form-action` to the redirects behind a form as well, and the
 * last of them is the app's (design §13).
 */
async function consentTarget({ nextUrl }: NextRequest): Promise<string> {
  const uid = /^\/oauth\/consent\/([\w-]{1,100})$/.exec(nextUrl.pathname)?.[1];
  const uri = uid && (await redirectOf(uid).catch(() => null));
  if (!uri || !URL.canParse(uri)) return "";
  const { protocol, origin, hostname } = new URL(uri);
  // A policy cannot name an IPv6 host, nor the host of an app's own scheme.
  return /^https?:$/.test(protocol) && !hostname.startsWith("[") ? origin : protocol;
}

/** The page's headers, and which handler answers in its place. */
export function answerPage(request: NextRequest, formTarget = ""): NextResponse {
  const nonce = randomBytes(18).toString("base64");
  const csp = contentSecurityPolicy(nonce, formTarget);
  const requestId = requestIdOf(request.headers);
  const headers = new Headers(request.headers);
  headers.set("x-request-id", requestId);
  headers.delete(answerHeader);
  headers.set("x-mindflow-path", `${request.nextUrl.pathname}${request.nextUrl.search}`);
  // Next makes a redirect between loopback names relative, which would be a loop: a route handler answers it.
  if (isWrongName(request)) return answeredBy("/api/right-name", headers);
  const link = secretLink(request);
  if (link) {
    headers.set("x-mindflow-link", /^[\w-]{1,100}$/.test(link[1]) ? link[1] : "");
    return answeredBy(link[0], headers);
  }
  // Next reads the nonce for its own scripts from the policy of the request.
  headers.set("content-security-policy", csp);
  headers.set("x-nonce", nonce);
  const response = NextResponse.next({ request: { headers } });
  for (const [name, value] of Object.entries(fixedHeaders)) response.headers.set(name, value);
  response.headers.set("Content-Security-Policy", csp);
  response.headers.set("X-Request-Id", requestId);
  if (env().NODE_ENV === "production" && env().APP_URL.startsWith("https:"))
    response.headers.set("Strict-Transport-Security", "max-age=31536000");
  return response;
}

/** Headers of every HTML page, its 404 included (design §13). It guards nothing: who may see what is decided by the page. */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  return answerPage(request, await consentTarget(request));
}

// Not on API routes, whose bodies it would cut at 10 MB and whose handlers set their own headers, and not on files. A path
// with a dot can be a page (a tag, a 404), so files are listed, not guessed; only those there are, because the 404 in place of
// a missing one is a page and needs its policy.
// One literal, because Next reads it without running it.
export const config = {
  matcher: [
    "/((?!api/|mcp$|oauth/authorize(?:/[^/]+)?$|oauth/(?:token|register|revoke|introspect)$|oauth/consent/[^/]+/(?:decide|sign-in)$|\\.well-known/(?:oauth-authorization-server$|oauth-protected-resource(?:/|$)|openid-configuration$|jwks\\.json$)|_next/static/|_next/image|icon\\.svg$).*)",
  ],
};
