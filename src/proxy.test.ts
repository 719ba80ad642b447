import { NextRequest } from "next/server";
import { describe, expect, test } from "vitest";
import { GET as rightName } from "./app/api/right-name/route.ts";
import { answerPage, config } from "./proxy.ts";

const ask = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  answerPage(
    new NextRequest(`http://localhost:3000${path}`, { method, headers: { host: "localhost:3000", ...headers } }),
  );
/** A header of the request as the page gets it. */
const seen = (response: Response, name: string) => response.headers.get(`x-middleware-request-${name}`);
const matches = (path: string) => config.matcher.some((pattern) => new RegExp(`^${pattern}$`).test(path));

describe("headers of every page (design §13)", () => {
  test("a policy without inline scripts, with a nonce of its own for each request, that the page gets too", () => {
    const [a, b] = [ask("/next"), ask("/next")];
    const policy = a.headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/script-src 'nonce-[\w+/]{24}' 'strict-dynamic';/);
    expect(policy.replace("style-src-attr 'unsafe-inline'", "")).not.toContain("unsafe");
    for (const part of [
      "default-src 'self'",
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ])
      expect(policy).toContain(part);
    expect(b.headers.get("content-security-policy")).not.toBe(policy);
    expect(seen(a, "content-security-policy")).toBe(policy);
    expect(policy).toContain(`'nonce-${seen(a, "x-nonce")}'`);
  });

  test("nothing is sniffed, stored, framed or told to others", () => {
    const { headers } = ask("/next");
    expect(Object.fromEntries(headers)).toMatchObject({
      "referrer-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "cross-origin-opener-policy": "same-origin",
      "cache-control": expect.stringContaining("no-store"),
      "permissions-policy": expect.stringContaining("camera=()"),
    });
    // Plain http on loopback: a browser would refuse to come back.
    expect(headers.has("strict-transport-security")).toBe(false);
  });

  test("a harmless request id is kept, anything else replaced; page and answer get the same", () => {
    expect(ask("/next", { "x-request-id": "abc-123.DEF_4" }).headers.get("x-request-id")).toBe("abc-123.DEF_4");
    for (const id of ["short", "a".repeat(65), "with space in it", "<script>alert</script>"]) {
      const response = ask("/next", { "x-request-id": id });
      expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
      expect(seen(response, "x-request-id")).toBe(response.headers.get("x-request-id"));
    }
  });

  test("the page learns its own path, whatever the client claims", () => {
    expect(seen(ask("/today?sort=due", { "x-mindflow-path": "//evil.example" }), "x-mindflow-path")).toBe(
      "/today?sort=due",
    );
  });

  test.each([
    "/",
    "/next",
    "/tasks/1",
    "/tags/v1.0",
    "/nope.php",
    "/apiary",
    "/mcpx",
    "/oauth/consent/abc",
    "/oauth/nowhere",
    "/oauth/token/nowhere",
    "/oauth/authorize/abc/nowhere",
    "/oauth/consent/abc/nowhere",
    "/oauth/consent/abc/decide/nowhere",
    "/.well-known/nowhere",
    "/.well-known/oauth-nowhere",
    "/sign-in",
    "/api",
    "/favicon.ico",
    "/fonts/x",
  ])("covers %s", (path) => {
    expect(matches(path)).toBe(true);
  });

  test.each([
    "/api/trpc/tasks.list",
    "/mcp",
    "/oauth/authorize",
    "/oauth/token",
    "/oauth/consent/abc/decide",
    "/.well-known/jwks.json",
    "/_next/static/a.js",
    "/icon.svg",
  ])("leaves %s alone", (path) => {
    expect(matches(path)).toBe(false);
  });
});

describe("links that carry a secret", () => {
  test.each([
    ["/setup?token=abc_DEF-1", "/api/identity/set-up", "abc_DEF-1"],
    ["/sign-up?invite=abc", "/api/identity/sign-up", "abc"],
    ["/sign-up?invite=%0d%0aX", "/api/identity/sign-up", ""],
  ])("%s goes to its handler, and the secret into no header of the answer's address", (path, handler, secret) => {
    const response = ask(path);
    expect(seen(response, "x-mindflow-answer")).toBe(handler);
    expect([...response.headers].filter(([name]) => name === "location" || name === "x-middleware-rewrite")).toEqual(
      [],
    );
    expect(seen(response, "x-mindflow-link")).toBe(secret);
  });

  test("other pages and methods are pages", () => {
    expect(seen(ask("/next", { "x-mindflow-answer": "/api/right-name" }), "x-mindflow-answer")).toBeNull();
    for (const path of ["/setup", "/sign-up?token=a", "/next?invite=a"])
      expect(seen(ask(path), "x-mindflow-answer")).toBeNull();
    expect(seen(ask("/setup?token=a", {}, "POST"), "x-mindflow-answer")).toBeNull();
  });
});

describe("a page asked for under another loopback name", () => {
  test("is answered with APP_URL's, path and query kept", () => {
    for (const host of ["127.0.0.1:3000", "[::1]:3000"]) {
      const response = ask("/today?sort=due", { host });
      expect(seen(response, "x-mindflow-answer")).toBe("/api/right-name");
      const path = seen(response, "x-mindflow-path") ?? "";
      const answer = rightName(
        new Request("http://127.0.0.1:3000/api/right-name", { headers: { "x-mindflow-path": path } }),
      );
      expect([answer.status, answer.headers.get("location")]).toEqual([307, "http://localhost:3000/today?sort=due"]);
    }
  });

  test("never leads elsewhere", () => {
    const answer = rightName(new Request("http://x/", { headers: { "x-mindflow-path": "//evil.example" } }));
    expect(new URL(answer.headers.get("location") ?? "").origin).toBe("http://localhost:3000");
    expect(rightName(new Request("http://x/")).headers.get("location")).toBe("http://localhost:3000/");
  });

  test("only for reading, and only between loopback names", () => {
    expect(seen(ask("/next", { host: "127.0.0.1:3000" }, "POST"), "x-mindflow-answer")).toBeNull();
    for (const host of ["localhost:3001", "mindflow.example", "%", ""])
      expect(seen(ask("/next", { host }), "x-mindflow-answer")).toBeNull();
  });
});
