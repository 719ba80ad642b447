import { describe, expect, test } from "vitest";
import { assertSameOrigin, safeReturnTo } from "./origin.ts";

const allowed = (headers: Record<string, string>) => {
  try {
    assertSameOrigin(new Headers(headers));
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: "FORBIDDEN" });
    return false;
  }
};

describe("unsafe requests come from our own pages (security WB-01, requirements +12)", () => {
  test.each([
    [{ origin: "http://localhost:3000", "sec-fetch-site": "same-origin" }],
    [{ origin: "http://localhost:3000" }],
    [{ "sec-fetch-site": "same-origin" }],
  ])("let through: %j", (headers) => {
    expect(allowed(headers)).toBe(true);
  });

  test.each([
    [{}],
    [{ origin: "null" }],
    [{ origin: "null", "sec-fetch-site": "same-origin" }],
    [{ origin: "https://evil.example" }],
    [{ origin: "http://localhost:3000.evil.example" }],
    [{ origin: "http://xlocalhost:3000" }],
    [{ origin: "http://localhost:3001" }],
    [{ origin: "https://localhost:3000" }],
    [{ origin: "http://localhost:3000/" }],
    [{ origin: "http://localhost:3000", "sec-fetch-site": "cross-site" }],
    [{ origin: "http://localhost:3000", "sec-fetch-site": "same-site" }],
    [{ origin: "http://localhost:3000", "sec-fetch-site": "none" }],
    [{ "sec-fetch-site": "cross-site" }],
    [{ "sec-fetch-site": "none" }],
  ])("refused: %j", (headers) => {
    expect(allowed(headers as Record<string, string>)).toBe(false);
  });
});

describe("returnTo stays on this site (requirements +12)", () => {
  test.each([
    "/next",
    "/today?sort=due&tag=a%2Fb",
    "/tasks/0190#notes",
    "/tags/caf%C3%A9",
    "/search?q=//evil.example",
    "/tasks/50%25",
  ])("kept: %s", (path) => {
    expect(safeReturnTo(path)).toBe(path);
  });

  test.each([
    null,
    undefined,
    "",
    "next",
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/%2Fevil.example",
    "/%2f%2fevil.example",
    "/%5Cevil.example",
    "/%255Cevil.example",
    "/%25252Fevil.example",
    "/.//evil.example",
    "/today/..//evil.example",
    "/%2e//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/today\r\nSet-Cookie: a=b",
    "/%0d%0aSet-Cookie:a=b",
    " /next",
    "/%E0%A4%A",
    "javascript:alert(1)",
    "/api/identity/sign-out",
    "/sign-in?returnTo=/sign-in",
    "/setup",
    `/${"a".repeat(600)}`,
  ])("replaced by /next: %j", (path) => {
    expect(safeReturnTo(path)).toBe("/next");
  });
});
