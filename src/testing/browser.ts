import { encode } from "@auth/core/jwt";
import { prisma } from "#core/db.ts";
import { env } from "#core/env.ts";
import { newId } from "#core/id.ts";
import { cookieName } from "#features/identity/session.ts";
import type { Person } from "./factories.ts";

/** A signed-in browser: a live session row and the sealed cookie that names it, as next-auth makes it. */
export async function signedIn(person: Person): Promise<{ cookie: string; sessionId: string }> {
  const sessionId = newId();
  const expiresAt = new Date(Date.now() + 86_400_000);
  await prisma().session.create({ data: { id: sessionId, userId: person.id, expiresAt } });
  const token = { sub: person.id, sid: sessionId };
  const value = await encode({ token, secret: env().AUTH_SECRET, salt: cookieName("session"), maxAge: 86_400 });
  return { cookie: `${cookieName("session")}=${value}`, sessionId };
}

/** What a browser says about a request that one of our own pages makes. */
export const ours = { Origin: "http://localhost:3000", "Sec-Fetch-Site": "same-origin" } as const;

/** A request as the browser client sends it (httpLink): queries in the address, mutations as JSON. */
export function trpcRequest(
  path: string,
  kind: "query" | "mutation",
  input: unknown,
  headers: Record<string, string> = {},
): Request {
  const url = new URL(`http://localhost:3000/api/trpc/${path}`);
  if (kind === "query") {
    if (input !== undefined) url.searchParams.set("input", JSON.stringify(input));
    return new Request(url, { headers });
  }
  return new Request(url, {
    method: "POST",
    headers: { ...ours, "Content-Type": "application/json", ...headers },
    body: JSON.stringify(input),
  });
}

/** A plain HTML form's post. */
export const formRequest = (
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Request =>
  new Request(`http://localhost:3000${path}`, {
    method: "POST",
    headers: { ...ours, ...headers },
    body: new URLSearchParams(fields),
  });
