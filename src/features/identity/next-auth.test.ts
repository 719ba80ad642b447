import { NextRequest } from "next/server";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { prisma } from "#core/db.ts";
import { makePerson } from "#testing/factories.ts";

// next-auth as it is, inside what Next gives a route handler: the request's headers and a cookie jar.
const next = vi.hoisted(() => ({
  jar: new Map<string, { value: string; options: Record<string, unknown> }>(),
  headers: new Headers(),
}));
vi.mock("next/headers", () => ({
  headers: async () => next.headers,
  cookies: async () => ({
    set: (name: string, value: string, options: Record<string, unknown>) =>
      void (value ? next.jar.set(name, { value, options }) : next.jar.delete(name)),
  }),
}));

// Only used when next-auth redirects by itself, which we never let it.
vi.mock("next/navigation", () => ({ redirect: () => expect.unreachable() }));

const { clearSession, handlers, startSession } = await import("./next-auth.ts");
const { cookieName, readSessionCookie } = await import("./session.ts");
const { issueTicket } = await import("./tickets.ts");

const name = cookieName("session");
const cookies = () => [...next.jar].map(([key, { value }]) => `${key}=${value}`).join("; ");
const ours = { origin: "http://localhost:3000", "sec-fetch-site": "same-origin" };

/** A request to one of next-auth's own routes, with this browser's cookies. */
function ask(
  path: string,
  form?: Record<string, string>,
  headers: Record<string, string> = form ? ours : {},
): Promise<Response> {
  const init = {
    headers: { cookie: cookies(), ...headers },
    ...(form ? { method: "POST", body: new URLSearchParams(form) } : {}),
  };
  const request = new NextRequest(`http://localhost:3000/api/auth/${path}`, init);
  return (form ? handlers.POST : handlers.GET)(request);
}

beforeEach(() => {
  next.jar.clear();
  next.headers = new Headers({ "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0" });
});

describe("starting a session from a ticket", () => {
  test("sets a __Host- cookie that holds only ids, sealed, for 30 days (security SE-01)", async () => {
    const { id: userId } = await makePerson();
    expect(await startSession(await issueTicket(userId), "request-of-the-form")).toBe(true);
    const { value = "", options = {} } = next.jar.get(name) ?? {};
    expect(options).toMatchObject({ httpOnly: true, secure: true, sameSite: "lax", path: "/" });
    expect(name.length + value.length).toBeLessThan(4000);
    const [row] = await prisma().session.findMany({ where: { userId } });
    expect(await readSessionCookie(cookies())).toEqual({ sessionId: row?.id, userId });
    expect(row?.userAgent).toContain("Firefox");
    expect(await prisma().auditEvent.findMany({ where: { userId } })).toMatchObject([
      { requestId: "request-of-the-form" },
    ]);
  });

  test("a used, garbled or foreign ticket sets nothing and is no error", async () => {
    const { id } = await makePerson();
    const ticket = await issueTicket(id);
    expect(await startSession(ticket, "first-request")).toBe(true);
    next.jar.clear();
    for (const bad of [ticket, "", "garbage", "a".repeat(43), "a".repeat(10_000)])
      expect(await startSession(bad, "x")).toBe(false);
    expect(next.jar.has(name)).toBe(false);
  });

  test("anything unexpected is thrown, not swallowed", async () => {
    const { id } = await makePerson();
    const ticket = await issueTicket(id);
    const broken = vi.spyOn(prisma(), "$transaction").mockRejectedValueOnce(new Error("the database is away"));
    await expect(startSession(ticket, "request-of-the-form")).rejects.toThrow();
    broken.mockRestore();
  });

  test("clearing takes the cookie and ends the row (security SE-03)", async () => {
    const { id: userId } = await makePerson();
    await startSession(await issueTicket(userId), "request-of-the-form");
    next.headers.set("cookie", cookies());
    await clearSession();
    expect(next.jar.has(name)).toBe(false);
    expect(await prisma().session.findMany({ where: { userId } })).toMatchObject([{ revokedAt: expect.any(Date) }]);
    expect(await prisma().notification.count({ where: { userId, type: "LOGOUT" } })).toBe(1);
  });
});

describe("next-auth's own routes", () => {
  test("tell the browser that there is a session and nothing about whose; a revoked row ends it and clears the cookie", async () => {
    const { id: userId, email } = await makePerson();
    await startSession(await issueTicket(userId), "request-of-the-form");
    const alive = await ask("session");
    const body = (await alive.json()) as unknown;
    expect(body).toEqual({ expires: expect.any(String), user: {} });
    expect(JSON.stringify(body)).not.toContain(email);
    await prisma().session.updateMany({ where: { userId }, data: { revokedAt: new Date() } });
    const over = await ask("session");
    expect(await over.json()).toBeNull();
    expect(over.headers.getSetCookie().find((line) => line.startsWith(`${name}=;`))).toMatch(/Max-Age=0/i);
  });

  test("forged cookies are nobody, never an error (security SE-06)", async () => {
    for (const value of ["garbage", "a.b.c.d.e", "a".repeat(5000)]) {
      next.jar.set(name, { value, options: {} });
      const response = await ask("session");
      expect([response.status, await response.json()]).toEqual([200, null]);
    }
  });

  test("carry a request id and are never stored", async () => {
    const { headers } = await ask("csrf", undefined, { "x-request-id": "given-by-the-caller" });
    expect([headers.get("x-request-id"), headers.get("cache-control")]).toEqual([
      "given-by-the-caller",
      expect.stringContaining("no-store"),
    ]);
  });

  test.each([[{}], [{ origin: "https://evil.example" }], [{ origin: "null" }]])(
    "an unsafe one from elsewhere is refused: %j (security WB-01)",
    async (headers) => {
      for (const path of ["callback/ticket", "signout", "session"]) {
        const response = await ask(path, { ticket: "x" }, headers as Record<string, string>);
        expect([response.status, await response.json()]).toMatchObject([403, { code: "FORBIDDEN" }]);
      }
    },
  );

  test("without the CSRF token a ticket opens nothing, even from our own pages", async () => {
    const { id: userId } = await makePerson();
    const response = await ask("callback/ticket", { ticket: await issueTicket(userId) });
    expect([response.status, response.headers.get("location")]).toEqual([
      302,
      expect.stringContaining("/sign-in?error=MissingCSRF"),
    ]);
    expect(await prisma().session.count({ where: { userId } })).toBe(0);
  });

  test("with it, the ticket opens one session, and the way on stays on this site (requirements +12)", async () => {
    const { id: userId } = await makePerson();
    const csrf = await ask("csrf");
    const { csrfToken } = (await csrf.json()) as { csrfToken: string };
    const cookie = csrf.headers
      .getSetCookie()
      .map((line) => line.split(";")[0])
      .join("; ");
    const form = { ticket: await issueTicket(userId), csrfToken, callbackUrl: "https://evil.example/" };
    const response = await ask("callback/ticket", form, { ...ours, cookie });
    expect(response.headers.get("location")).toBe("http://localhost:3000/next");
    expect(await prisma().session.count({ where: { userId } })).toBe(1);
  });
});
