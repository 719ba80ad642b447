import { describe, expect, test } from "vitest";
import { applySettings } from "#testing/settings.ts";
import { handleRest } from "./handler.ts";
import { handleOpenApi } from "./openapi.ts";

applySettings({ CORS_ORIGINS: " https://a.example , https://b.example:8443 " });

const ask = (origin: string | null, init: RequestInit = {}) =>
  handleRest(
    new Request("http://localhost:3000/api/v1/tasks", { ...init, headers: origin === null ? {} : { Origin: origin } }),
    async () => null,
  );

describe("CORS (requirements S4-02)", () => {
  test.each(["https://a.example", "https://b.example:8443"])(
    "%s is let in, by name, without credentials",
    async (origin) => {
      for (const method of ["GET", "OPTIONS"]) {
        const { headers } = await ask(origin, { method });
        expect(headers.get("access-control-allow-origin")).toBe(origin);
        expect(headers.get("access-control-allow-credentials")).toBeNull();
        expect(headers.get("vary")).toBe("Origin");
      }
    },
  );

  test.each([
    "https://evil.example",
    "http://a.example",
    "https://a.example.evil.example",
    "https://a.example:444",
    "https://A.EXAMPLE",
    "https://b.example",
    "null",
    "*",
    "",
  ])("“%s” is not", async (origin) => {
    for (const method of ["GET", "OPTIONS"]) {
      const { headers } = await ask(origin, { method });
      expect(headers.get("access-control-allow-origin")).toBeNull();
      expect(headers.get("access-control-allow-credentials")).toBeNull();
    }
  });

  test("without an Origin nothing is allowed and caches are still told", async () => {
    const { headers } = await ask(null);
    expect([headers.get("access-control-allow-origin"), headers.get("vary")]).toEqual([null, "Origin"]);
  });

  test("a preflight says what may be sent, needs no credential and has no body", async () => {
    const response = await ask("https://a.example", { method: "OPTIONS" });
    expect([response.status, await response.text()]).toEqual([204, ""]);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
      "access-control-allow-headers": "Authorization, Content-Type, Idempotency-Key, X-API-Key, X-Request-Id",
      "access-control-max-age": "86400",
    });
  });

  test("refusals carry the headers too, so that a program can read them; totals and request id are readable", async () => {
    const response = await ask("https://a.example");
    expect(response.status).toBe(401);
    expect(response.headers.get("access-control-expose-headers")).toBe(
      "X-Request-Id, X-Total-Count, X-Unread-Count, Retry-After, Location, WWW-Authenticate",
    );
  });

  test("the document of the API is readable from there as well", async () => {
    const request = new Request("http://localhost:3000/api/v1/openapi.json", {
      headers: { Origin: "https://a.example" },
    });
    expect((await handleOpenApi(request)).headers.get("access-control-allow-origin")).toBe("https://a.example");
  });
});
