import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type IdentityScope, identityScopes, type TokenScope, tokenScopes } from "#core/scopes.ts";
import {
  allowedText,
  destinationText,
  endText,
  identityText,
  limitText,
  messages,
  presetText,
  replaceText,
  scopeText,
  warningText,
} from "./components/consent-words.ts";
import { type ConsentForm, chosenScopes, combinations, consentSchema, countMax, offerOf, presets } from "./consent.ts";
import type { Warning } from "./policy.ts";

const everything = [...tokenScopes, ...identityScopes];
const posted = { binding: "b", decision: "allow", preset: "own", lifetime: "month" } as const;
const form = (fields: Partial<ConsentForm>): ConsentForm => ({ ...posted, ...fields });

describe("what is offered", () => {
  test.each([
    [["tasks:read"], ["look", "own"], "look", ["tasks:read"]],
    [["tasks:read", "tasks:write"], ["look", "help", "own"], "help", ["tasks:read", "tasks:write"]],
    [["tasks:write"], ["help", "own"], "help", ["tasks:write"]],
    [
      ["tasks:read", "tasks:write", "tasks:delete"],
      ["look", "help", "full", "own"],
      "help",
      ["tasks:read", "tasks:write"],
    ],
    [["tasks:read", "tasks:delete"], ["look", "full", "own"], "look", ["tasks:read"]],
    [["tasks:delete"], ["full", "own"], "own", []],
    [["notifications:read"], ["look", "own"], "look", ["notifications:read"]],
    [["openid", "offline_access"], ["own"], "own", []],
    [[], ["own"], "own", []],
  ] as [TokenScope[], string[], string, TokenScope[]][])("for %j: %j, at first %s", (asked, offered, preset, on) => {
    expect(offerOf(asked)).toMatchObject({ presets: offered, preset, on });
  });

  test("is in a fixed order and without what was not asked, however it was asked", () => {
    expect(offerOf([...everything].reverse())).toMatchObject({
      shown: ["tasks:read", "notifications:read", "tasks:write", "tasks:delete"],
      identity: ["profile", "email"],
    });
    expect(offerOf(["email", "tasks:read"])).toMatchObject({ shown: ["tasks:read"], identity: ["email"] });
    expect(offerOf(["openid", "tasks:read"]).identity).toEqual([]);
  });
});

const asking = fc.subarray<TokenScope | IdentityScope>(everything);
const ticking = fc.record({
  preset: fc.constantFrom(...presets),
  identity: fc.constantFrom("on", undefined),
  ...Object.fromEntries(tokenScopes.map((scope) => [scope, fc.constantFrom("on", undefined)])),
});

describe("what a form means", () => {
  test("never more than was asked and shown, whatever is posted (security OA-08)", () => {
    fc.assert(
      fc.property(asking, ticking, (asked, fields) => {
        const chosen = chosenScopes(asked, form(fields as Partial<ConsentForm>));
        const { shown, identity } = offerOf(asked);
        expect(chosen.filter((scope) => !([...shown, ...identity] as string[]).includes(scope))).toEqual([]);
        expect(new Set(chosen).size).toBe(chosen.length);
      }),
    );
  });

  test("deleting takes the preset that says so, or its own switch", () => {
    fc.assert(
      fc.property(asking, ticking, (asked, fields) => {
        const given = form(fields as Partial<ConsentForm>);
        const chosen = chosenScopes(asked, given);
        if (chosen.includes("tasks:delete"))
          expect(given.preset === "full" || (given.preset === "own" && given["tasks:delete"] === "on")).toBe(true);
        expect(offerOf(asked).on).not.toContain("tasks:delete");
      }),
    );
  });

  test("a preset says by itself what is allowed; switches count for who chooses alone", () => {
    const asked = ["tasks:read", "tasks:write", "tasks:delete"] as const;
    const all = { "tasks:read": "on", "tasks:write": "on", "tasks:delete": "on" } as const;
    expect(chosenScopes(asked, form({ preset: "look", ...all }))).toEqual(["tasks:read"]);
    expect(chosenScopes(asked, form({ preset: "help" }))).toEqual(["tasks:read", "tasks:write"]);
    expect(chosenScopes(asked, form({ preset: "full" }))).toEqual(asked);
    expect(chosenScopes(asked, form({ preset: "own" }))).toEqual([]);
    expect(chosenScopes(asked, form({ preset: "own", "tasks:delete": "on" }))).toEqual(["tasks:delete"]);
    expect(chosenScopes(asked, form({ preset: "own", ...all }))).toEqual(asked);
  });

  test("name and address go by their own switch, beside every preset", () => {
    const asked = ["tasks:read", "openid", "profile", "email"] as const;
    expect(chosenScopes(asked, form({ preset: "look" }))).toEqual(["tasks:read"]);
    expect(chosenScopes(asked, form({ preset: "look", identity: "on" }))).toEqual(["tasks:read", "profile", "email"]);
    expect(chosenScopes(["tasks:read", "email"], form({ preset: "look", identity: "on" }))).toEqual([
      "tasks:read",
      "email",
    ]);
  });

  test.each([
    ["nothing", {}],
    ["another decision", { ...posted, decision: "maybe" }],
    ["no binding", { ...posted, binding: "" }],
    ["a binding that is a book", { ...posted, binding: "b".repeat(2001) }],
    ["a lifetime of its own", { ...posted, lifetime: "forever" }],
    ["a lifetime of the prototype", { ...posted, lifetime: "constructor" }],
    ["a preset of its own", { ...posted, preset: "everything" }],
    ["a preset of the prototype", { ...posted, preset: "__proto__" }],
    ["a scope that no token has", { ...posted, account: "on" }],
    ["a person", { ...posted, user_id: "1" }],
    ["a redirect", { ...posted, redirect_uri: "https://evil.example" }],
    ["a value that no switch has", { ...posted, "tasks:read": "true" }],
    ["a list", { ...posted, preset: ["help", "full"] }],
  ])("%s is refused", (_, fields) => {
    expect(consentSchema.safeParse(fields).success).toBe(false);
  });

  test("every duration and every switch is taken", () => {
    for (const lifetime of ["hour", "day", "month", "quarter", "open"])
      expect(consentSchema.safeParse({ ...posted, lifetime }).success).toBe(true);
    const all = Object.fromEntries([...tokenScopes, "identity", "replace"].map((name) => [name, "on"]));
    expect(consentSchema.parse({ ...posted, ...all })).toEqual({ ...posted, ...all });
  });
});

describe("the sentence that sums up", () => {
  test.each([
    [[], "do nothing", "Switch something on before you allow it."],
    [["tasks:read"], "read your tasks", "It cannot change or delete anything."],
    [["tasks:read", "tasks:write"], "read and edit your tasks", "It cannot delete."],
    [["tasks:delete"], "delete your tasks", "What it deletes stays in the trash for 30 days."],
    [
      ["tasks:read", "tasks:write", "tasks:delete"],
      "read, edit and delete your tasks",
      "What it deletes stays in the trash for 30 days.",
    ],
    [["notifications:read"], "read your notifications", "It cannot change or delete anything."],
    [
      ["tasks:read", "notifications:read"],
      "read your tasks, and read your notifications",
      "It cannot change or delete anything.",
    ],
  ] as [TokenScope[], string, string][])("%j: %s", (on, allowed, limit) => {
    expect([allowedText(on), limitText(on)]).toEqual([allowed, limit]);
  });

  test("every combination has its own words, and the style sheet knows every scope and duration", () => {
    const all = combinations(tokenScopes);
    expect(all).toHaveLength(2 ** tokenScopes.length);
    expect(new Set(all.map(allowedText)).size).toBe(all.length);
    const css = readFileSync(new URL("components/consent.css", import.meta.url), "utf8");
    for (const scope of tokenScopes)
      for (const rule of [`[data-needs~="${scope}"]`, `[data-lacks~="${scope}"]`, `[data-gives~="${scope}"]`])
        expect(css).toContain(rule);
    for (const lifetime of Object.keys(messages.lifetimes)) expect(css).toContain(`[data-for="${lifetime}"]`);
  });

  // 20 November 2026, 23:40 in Auckland: a day later than in UTC.
  const where = { locale: "en-GB", zone: "Pacific/Auckland", now: Date.parse("2026-11-20T10:40:00Z") };
  test.each([
    ["hour", "tomorrow at 00:40", "Ends Saturday 21 November 2026 at 00:40."],
    ["day", "tomorrow at 23:40", "Ends Saturday 21 November 2026 at 23:40."],
    ["month", "20 December", "Ends Sunday 20 December 2026."],
    ["quarter", "18 February 2027", "Ends Thursday 18 February 2027."],
    ["open", "you stop it", "No end. It goes on until you stop it in Assistants."],
  ] as const)("%s: %s, in the person's own zone", (lifetime, short, long) => {
    expect(endText(lifetime, where)).toEqual({ short, long });
  });

  test("an hour within the day says today", () => {
    expect(endText("hour", { ...where, zone: "UTC" }).short).toBe("today at 11:40");
  });
});

describe("words", () => {
  test("tasks are counted in words that fit the figure", () => {
    expect(scopeText("tasks:read", 0).text).toContain("; you have no tasks yet.");
    expect(scopeText("tasks:read", 1).text).toContain("of your 1 task.");
    expect(scopeText("tasks:read", 1214).text).toContain("of your 1,214 tasks.");
    expect(scopeText("tasks:read", countMax + 1).text).toContain("of your more than 10,000 tasks.");
  });

  test("every scope has a label, plain words and an example", () => {
    for (const scope of tokenScopes) {
      const { label, text } = scopeText(scope, 3);
      expect(label).not.toBe("");
      expect(text).toContain("For example");
    }
  });

  test("the preset with deleting does not speak of editing that was not asked for", () => {
    expect(presetText("full", ["tasks:read", "tasks:write", "tasks:delete"])).toBe("Adds, edits and deletes.");
    expect(presetText("full", ["tasks:read", "tasks:delete"])).toBe("Reads and deletes.");
  });

  test("who the person is says exactly what was asked", () => {
    expect(identityText(["profile", "email"], "Mara", "m@x.example")).toMatchObject({
      label: "Your name and e-mail address",
      text: expect.stringContaining("Mara, m@x.example."),
    });
    expect(identityText(["email"], "Mara", "m@x.example").text).not.toContain("Mara");
    expect(identityText(["profile"], "Mara", "m@x.example").text).not.toContain("@");
  });

  test("connections that could be replaced are named by their days", () => {
    expect(replaceText(["3 November"]).label).toBe("Replace the connection made on 3 November");
    expect(replaceText(["3 November", "1 November", "1 November"]).label).toBe(
      "Replace the 3 connections made on 3 November and 1 November",
    );
  });

  test("destinations and warnings say it in words, with the name and the hosts they are about", () => {
    expect(destinationText({ kind: "site", host: "claude.ai" })).toBe("claude.ai");
    expect(destinationText({ kind: "loopback", port: "33418" })).toBe("an app on this computer, port 33418");
    const to = { kind: "scheme", scheme: "cursor" } as const;
    const warnings: Warning[] = [
      { kind: "brand", brand: "Claude" },
      { kind: "elsewhere", from: "a.example", to: "b.example" },
      { kind: "lookalike", host: "xn--a.example" },
      { kind: "private", host: "10.0.0.1" },
      { kind: "numeric", host: "8.8.8.8" },
      { kind: "loopback" },
      { kind: "scheme" },
      { kind: "first" },
    ];
    const said = warnings.map((warning) => Object.values(warningText(warning, { name: "Aide", to })).join(" "));
    expect(new Set(said).size).toBe(warnings.length);
    expect(said.join(" ")).toMatch(
      /Aide.*Claude.*a\.example.*b\.example.*xn--a.*10\.0\.0\.1.*8\.8\.8\.8.*“cursor:” links/,
    );
  });
});
