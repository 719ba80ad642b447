import { describe, expect, test } from "vitest";
import type { Where } from "#ui/format.ts";
import { endsAt, lastAt, originOf, reachOf } from "./components/assistant-words.ts";

const where: Where = { locale: "en-GB", zone: "Asia/Kathmandu", now: Date.parse("2026-11-21T09:00:00Z") };

test.each([
  [{ host: "claude.ai", redirectUri: "https://claude.ai/api/mcp/auth_callback" }, "claude.ai"],
  [{ host: null, redirectUri: "https://chatgpt.com/connector/oauth/x" }, "chatgpt.com"],
  [{ host: null, redirectUri: "http://127.0.0.1:7777/back" }, "an app on a computer"],
  [{ host: null, redirectUri: "http://localhost:1/back" }, "an app on a computer"],
  [{ host: null, redirectUri: "http://[::1]:1/back" }, "an app on a computer"],
  [{ host: null, redirectUri: "https://localhost.evil.example/back" }, "localhost.evil.example"],
  [{ host: null, redirectUri: "https://127.0.0.1.evil.example/back" }, "127.0.0.1.evil.example"],
  [{ host: null, redirectUri: "cursor://anysphere.cursor-retrieval/oauth" }, "the program that opens cursor: links"],
  [{ host: null, redirectUri: "not an address" }, "unknown origin"],
])("%o comes from %s", (facts, origin) => {
  expect(originOf(facts)).toBe(origin);
});

test("what it may do is told in words, and only what it may learn of the person beside it", () => {
  const approved = ["tasks:read", "tasks:write", "openid", "email", "offline_access"];
  expect(reachOf({ approved, scopes: ["tasks:read"] })).toEqual({
    may: ["Read"],
    mayNot: ["Add, edit, complete", "delete", "read notifications"],
    knows: ["Your mail address"],
  });
});

describe("times", () => {
  test("the last call has its clock and its distance today, else its day", () => {
    expect(lastAt("2026-11-21T08:52:00Z", where)).toBe("14:37, 8 min ago");
    expect(lastAt("2026-11-20T08:52:00Z", where)).toBe("Yesterday 14:37");
  });
  test("the end has its day and how many are left, on the last day its clock", () => {
    expect(endsAt("2026-12-04T10:00:00Z", where)).toBe("Fri 4 Dec, in 13 days");
    expect(endsAt("2026-11-22T09:00:00Z", where)).toBe("Sun 22 Nov, in 1 day");
    expect(endsAt("2026-11-21T12:00:00Z", where)).toBe("Today 17:45");
  });
});
