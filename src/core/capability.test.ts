import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type Capability, type CapabilityTable, listCapabilities, mutation, query } from "./capability.ts";
import { limits } from "./limits.ts";
import { isKeyScope, isTokenScope, keyScopes, type Scope, scopes, tokenScopes } from "./scopes.ts";

const empty = z.strictObject({});
const run = async () => ({});
const declared = (values: Partial<Capability> = {}): Capability => ({
  ...query({ summary: "Look", scope: "tasks:read", input: empty, output: empty, run }),
  ...(values as object),
});
const table = (...capabilities: Capability[]): CapabilityTable => ({
  things: Object.fromEntries(capabilities.map((capability, n) => [`act${n}`, capability])),
});

describe("the table of contents", () => {
  test("is listed flat, under feature and verb", () => {
    const look = declared();
    expect(listCapabilities({ things: { look } })).toEqual([{ name: "things.look", capability: look }]);
  });

  test.each([undefined, null, "", "tasks:everything", "toString"])(
    "a capability with the scope %j does not start",
    (scope) => {
      expect(() => listCapabilities(table(declared({ scope: scope as unknown as Scope })))).toThrow(
        "things.act0 has no scope",
      );
    },
  );

  test("a capability without a scope does not compile", () => {
    // @ts-expect-error the scope is missing
    const unguarded = query({ summary: "Look", input: empty, output: empty, run });
    // @ts-expect-error there is no such scope
    const misspelt = mutation({ summary: "Act", scope: "task:write", input: empty, output: empty, run });
    expect(() => listCapabilities(table(unguarded))).toThrow("has no scope");
    expect(() => listCapabilities(table(misspelt))).toThrow("has no scope");
  });

  test.each(["account", "admin"] as const)(
    "a REST route that needs %s, which no key can hold, does not start",
    (scope) => {
      const http = { method: "GET", path: "/things" } as const;
      expect(() => listCapabilities(table(declared({ scope, http })))).toThrow(/no key or token can hold/);
      expect(listCapabilities(table(declared({ scope })))).toHaveLength(1);
    },
  );

  test.each(["notifications:write", "profile:read", "profile:write", "account", "admin"] as const)(
    "a tool that needs %s, which no token can hold, does not start",
    (scope) => {
      const tool = { name: "act", title: "Act", description: "Acts." };
      expect(() => listCapabilities(table(declared({ scope, tool })))).toThrow(/is a tool, but no token can hold/);
    },
  );

  test("two capabilities on one route do not start; two methods on one path do", () => {
    const at = (method: "GET" | "POST") => declared({ http: { method, path: "/things" } });
    expect(() => listCapabilities(table(at("GET"), at("GET")))).toThrow("things.act1: GET /things is taken");
    expect(listCapabilities(table(at("GET"), at("POST")))).toHaveLength(2);
  });

  test("two routes that differ only in the name of a parameter are one", () => {
    const at = (path: `/${string}`) => declared({ http: { method: "GET", path } });
    expect(() => listCapabilities(table(at("/things/{id}"), at("/things/{name}")))).toThrow(/is taken/);
  });

  test("two tools of one name do not start", () => {
    const tool = { name: "act", title: "Act", description: "Acts." };
    expect(() => listCapabilities(table(declared({ tool }), declared({ tool })))).toThrow(/act.* is taken/);
  });
});

describe("scopes (design §9)", () => {
  test("what a token may hold, a key may hold, and browsers hold all", () => {
    expect(tokenScopes.every(isKeyScope)).toBe(true);
    expect(keyScopes.every((scope) => scopes.includes(scope))).toBe(true);
    expect(keyScopes.filter((scope) => !isTokenScope(scope))).toEqual([
      "notifications:write",
      "profile:read",
      "profile:write",
    ]);
    expect(scopes.filter((scope) => !isKeyScope(scope))).toEqual(["account", "admin"]);
  });
});

describe("limits (design §12)", () => {
  test("are those of the rulings", () => {
    expect(limits).toEqual({
      default: { by: "user", tokens: 300, windowSeconds: 60 },
      tasks: { by: "user", tokens: 120, windowSeconds: 60 },
      profile: { by: "user", tokens: 10, windowSeconds: 3600 },
      read: { by: "grant", tokens: 600, windowSeconds: 60 },
      write: { by: "grant", tokens: 60, windowSeconds: 60 },
      delete: { by: "grant", tokens: 20, windowSeconds: 3600 },
      refreshByGrant: { by: "secret", tokens: 20, windowSeconds: 60 },
      tokenRefusals: { by: "secret", tokens: 20, windowSeconds: 60 },
      registration: { by: "secret", tokens: 20, windowSeconds: 3600 },
      anonymousAuthorization: { by: "secret", tokens: 300, windowSeconds: 60 },
      clientDocument: { by: "secret", tokens: 20, windowSeconds: 60 },
      signInByAddress: { by: "secret", tokens: 5, windowSeconds: 900 },
      signInByAccount: { by: "secret", tokens: 5, windowSeconds: 900 },
      signUp: { by: "secret", tokens: 3, windowSeconds: 3600 },
      setUp: { by: "secret", tokens: 10, windowSeconds: 900 },
    });
  });
});
