import "server-only";
import type {} from "@auth/core/jwt";
import NextAuth, { type NextAuthConfig } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import { env, hasSecureCookies } from "#core/env.ts";
import { errorTable } from "#core/errors.ts";
import { log } from "#core/log.ts";
import { assertSameOrigin } from "#core/origin.ts";
import { handleRequest, requestIdOf } from "#core/request.ts";
import { isSessionLive } from "./data.ts";
import { sessionDays } from "./rules.ts";
import { linkTokenSchema } from "./schema.ts";
import { endSession } from "./service.ts";
import { cookieName } from "./session.ts";
import { type Origin, originOf, redeemTicket } from "./tickets.ts";

declare module "next-auth" {
  interface User {
    sid?: string;
  }
}
declare module "@auth/core/jwt" {
  interface JWT {
    sid?: string;
  }
}

const nowhere: Origin = { requestId: "next-auth", address: null, userAgent: null };

// The only provider, and it checks no password: a ticket is single-use, 60 seconds old at most, and made by signIn, setUp
// or signUp of service.ts after all their checks (design §8).
const ticketProvider = Credentials({
  id: "ticket",
  name: "Ticket",
  credentials: { ticket: { type: "password" }, requestId: {} },
  async authorize({ ticket, requestId }, { headers }) {
    const parsed = linkTokenSchema.safeParse(ticket);
    if (!parsed.success) return null;
    const known = new Headers(typeof requestId === "string" ? { "x-request-id": requestId } : {});
    const session = await redeemTicket(parsed.data, originOf(headers, requestIdOf(known)));
    return session && { id: session.userId, sid: session.sessionId };
  },
});

const cookie = (name: "session" | "csrf" | "callback-url") => ({
  name: cookieName(name),
  options: { httpOnly: true, sameSite: "lax", path: "/", secure: hasSecureCookies() } as const,
});

// What visitors do wrong every day is no error of ours; the rest is logged without the stack, which names no cause.
const expected = new Set([
  "CredentialsSignin",
  "SignOutError",
  "MissingCSRF",
  "JWTSessionError",
  "SessionTokenError",
  "UnknownAction",
  "CallbackRouteError",
]);
const typeOf = (error: Error) => String((error as { type?: unknown }).type ?? error.name);

/** Made at each request, because the build has no secrets. */
const config = (): NextAuthConfig => ({
  secret: env().AUTH_SECRET,
  // The origin comes from AUTH_URL, which the start sets to APP_URL; without it next-auth would refuse unknown hosts.
  trustHost: true,
  basePath: "/api/auth",
  useSecureCookies: hasSecureCookies(),
  cookies: { sessionToken: cookie("session"), csrfToken: cookie("csrf"), callbackUrl: cookie("callback-url") },
  pages: { signIn: "/sign-in", signOut: "/sign-in", error: "/sign-in" },
  session: { strategy: "jwt", maxAge: sessionDays * 86_400 },
  providers: [ticketProvider],
  callbacks: {
    // Every read asks the row; null ends the session and clears the cookie.
    async jwt({ token, user }) {
      if (user?.id && user.sid) return { sub: user.id, sid: user.sid };
      return token.sid && token.sub && (await isSessionLive(token.sid, token.sub)) ? token : null;
    },
    // The browser learns that there is a session, and nothing else from here; who it is comes from the profile.
    session: ({ session }) => ({ expires: session.expires, user: {} }),
    redirect: () => `${env().APP_URL}/next`,
  },
  events: {
    async signOut(message) {
      const token = "token" in message ? message.token : null;
      if (token?.sid && token.sub) await endSession({ sessionId: token.sid, userId: token.sub }, nowhere);
    },
  },
  logger: {
    error: (error) =>
      log()[expected.has(typeOf(error)) ? "debug" : "error"](
        { type: typeOf(error), message: error.message },
        "next-auth",
      ),
    warn: (code) => log().debug({ code }, "next-auth"),
    debug: () => undefined,
  },
});

const nextAuth = NextAuth(() => config());

type Route = typeof nextAuth.handlers.GET;

/** next-auth's own routes inside our wide event; an unsafe one must come from our pages, on top of its CSRF token. */
const guarded =
  (route: Route): Route =>
  (request) =>
    handleRequest(
      request,
      "auth",
      async () => {
        if (request.method === "POST") assertSameOrigin(request.headers);
        return await route(request);
      },
      ({ code, message }) => Response.json({ code, message }, { status: errorTable[code].status }),
    );

export const handlers = { GET: guarded(nextAuth.handlers.GET), POST: guarded(nextAuth.handlers.POST) };

/**
 * Redeems a ticket and sets the session cookie on the answer of the current route handler.
 * @returns whether it worked; a used or old ticket does not
 */
export async function startSession(ticket: string, requestId: string): Promise<boolean> {
  try {
    await nextAuth.signIn("ticket", { ticket, requestId, redirect: false, redirectTo: "/next" });
    return true;
  } catch (error) {
    if (typeOf(error as Error) === "CredentialsSignin") return false;
    throw error;
  }
}

/** Clears the session cookie on the answer of the current route handler; the row is `endSession`'s. */
export async function clearSession(): Promise<void> {
  await nextAuth.signOut({ redirect: false, redirectTo: "/sign-in" });
}
