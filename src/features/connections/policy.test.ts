import { describe, expect, test } from "vitest";
import type { PendingConsent } from "./interaction.ts";
import { consentFacts, destinationOf, shownName, type Warning } from "./policy.ts";

type Asker = Partial<PendingConsent["client"]> & { to?: string; isLoopbackOnly?: boolean; firstSeen?: Date | null };

const pendingOf = ({ to, isLoopbackOnly, firstSeen, ...client }: Asker): PendingConsent => ({
  uid: "u",
  userId: "p",
  expiresAt: new Date(),
  client: { id: "c", name: "Aide", host: null, trust: "self", policyUri: null, tosUri: null, ...client },
  redirectUri: to ?? "https://aide.example/callback",
  isLoopbackOnly: isLoopbackOnly ?? false,
  asked: ["tasks:read"],
  firstSeen: firstSeen === undefined ? new Date(0) : firstSeen,
  replaceable: [],
  binding: "b",
});
const warned = (asker: Asker): Warning["kind"][] => consentFacts(pendingOf(asker)).warnings.map(({ kind }) => kind);
const brandOf = (name: string, asker: Asker = {}) =>
  consentFacts(pendingOf({ name, ...asker })).warnings.flatMap((found) =>
    found.kind === "brand" ? [found.brand] : [],
  );

describe("the name an app gave itself", () => {
  test.each([
    ["Aide", "Aide"],
    ["  Two\n\n words\t", "Two words"],
    ["Evil\u202Elaerton", "Evil laerton"],
    ["Cl\u200Baude\u200D\u2060", "Cl aude"],
    ["\u2066\u2067Isolated\u2069", "Isolated"],
    ["tag\u{E0041}ged", "tag ged"],
    ["x\u0335\u0336\u0337\u0338a", "x\u0335\u0336a"],
    ["<b>Claude</b>", "<b>Claude</b>"],
    ["مساعد", "مساعد"],
    ["🤖", "🤖"],
  ])("%j is shown as %j: nothing that is not seen, nothing that paints over", (name, shown) => {
    expect(shownName(name)).toBe(shown.normalize("NFC"));
  });

  test("is never longer than 60 characters, whatever they are made of", () => {
    expect([...shownName("a".repeat(61))]).toHaveLength(60);
    expect(shownName("a".repeat(60))).toBe("a".repeat(60));
    expect(shownName("𠮷".repeat(300))).toBe(`${"𠮷".repeat(59)}…`);
  });

  test.each(["", "   ", "\u200B\u200C", "\u202E", "...", "\u0301\u0302", "\u3164"])(
    "%j is no name, and says so",
    (name) => {
      expect(shownName(name)).toBe("An app without a name");
    },
  );
});

describe("where the answer goes", () => {
  test.each([
    ["https://claude.ai/api/mcp/auth_callback", { kind: "site", host: "claude.ai" }],
    ["https://aide.example:8443/cb?x=1", { kind: "site", host: "aide.example:8443" }],
    ["https://BÜCHER.example/cb", { kind: "site", host: "xn--bcher-kva.example" }],
    ["https://localhost.evil.example/cb", { kind: "site", host: "localhost.evil.example" }],
    ["https://0x7f000001.evil.example/", { kind: "site", host: "0x7f000001.evil.example" }],
    ["http://127.0.0.1:33418/callback", { kind: "loopback", port: "33418" }],
    ["http://localhost/callback", { kind: "loopback", port: "80" }],
    ["https://localhost/callback", { kind: "loopback", port: "443" }],
    ["http://[::1]:5000/", { kind: "loopback", port: "5000" }],
    ["http://2130706433:81/", { kind: "loopback", port: "81" }],
    ["cursor://anysphere.cursor-mcp/oauth", { kind: "scheme", scheme: "cursor" }],
    ["com.example.app:/oauth", { kind: "scheme", scheme: "com.example.app" }],
  ])("%s", (uri, destination) => {
    expect(destinationOf(uri)).toEqual(destination);
  });
});

describe("warnings", () => {
  test("an app that came before, from its own site, gets none", () => {
    expect(warned({ host: "aide.example", trust: "domain" })).toEqual([]);
    expect(warned({})).toEqual([]);
  });

  test("the first time is told", () => {
    expect(warned({ firstSeen: null })).toEqual(["first"]);
  });

  test("a program on this computer is told, by this answer's address or by all that it registered", () => {
    expect(warned({ to: "http://127.0.0.1:4000/cb" })).toEqual(["loopback"]);
    expect(warned({ to: "http://localhost:4000/cb", isLoopbackOnly: true, firstSeen: null })).toEqual([
      "loopback",
      "first",
    ]);
    expect(warned({ to: "cursor://anysphere.cursor-mcp/cb" })).toEqual(["scheme"]);
  });

  test.each([
    ["Claude", "Claude"],
    ["claude.ai", "Claude"],
    ["CLAUDE DESKTOP", "Claude"],
    ["C l a u d e", "Claude"],
    ["Cl\u200Baude", "Claude"],
    ["Сlаudе", "Claude"],
    ["CIaude", "Claude"],
    ["C1aude", "Claude"],
    ["Ⅽlaude", "Claude"],
    ["𝐂𝐥𝐚𝐮𝐝𝐞", "Claude"],
    ["Ｃｌａｕｄｅ", "Claude"],
    ["Cláudé", "Claude"],
    ["Anthropic (official)", "Claude"],
    ["ChatGPT", "ChatGPT"],
    ["0penAI", "ChatGPT"],
    ["OpenAl", "ChatGPT"],
    ["Cursor IDE", "Cursor"],
    ["CursorAI", "Cursor"],
    ["Gemini CLI", "Gemini"],
    ["GERNlNI", "Gemini"],
    ["VVindsurf", "Windsurf"],
    ["СlАUDЕ ІDE", "Claude"],
    ["Google Assistant", "Gemini"],
    ["GitHub Copilot", "Copilot"],
    ["VS Code", "Visual Studio Code"],
    ["Visual Studio Code", "Visual Studio Code"],
    ["MindFlow Security Update", "MindFlow"],
    ["Perplexity", "Perplexity"],
  ])("%s looks like %s, and its addresses are not theirs", (name, brand) => {
    expect(brandOf(name)).toEqual([brand]);
    expect(brandOf(name, { host: "evil.example", trust: "domain", to: "https://claude.ai/cb" })).toEqual([brand]);
    expect(brandOf(name, { to: "http://127.0.0.1:9/cb" })).toEqual([brand]);
  });

  test.each(["Aide", "Precursor", "Planner", "Cloud Notes", "Egeminis", "Tasks for work", "مساعد", "🤖"])(
    "%s looks like no known name",
    (name) => {
      expect(brandOf(name)).toEqual([]);
    },
  );

  test.each([
    ["Claude", { to: "https://claude.ai/api/mcp/auth_callback" }],
    ["Claude", { host: "claude.ai", trust: "domain", to: "http://127.0.0.1:9/cb" }],
    ["Claude Code", { host: "console.anthropic.com", trust: "domain", to: "https://console.anthropic.com/cb" }],
    ["ChatGPT", { host: "chatgpt.com", trust: "domain", to: "https://chatgpt.com/cb" }],
    ["Visual Studio Code", { to: "https://vscode.dev/redirect" }],
    ["Claude", { trust: "verified", to: "http://localhost:1/callback" }],
  ] as [string, Asker][])("%s at its own address is not suspected", (name, asker) => {
    expect(brandOf(name, asker)).toEqual([]);
  });

  test.each([
    "https://claude.ai.evil.example/cb",
    "https://notclaude.ai/cb",
    "https://claude.ai:444@evil.example/cb",
    "https://evil.example/claude.ai",
    "https://claude-ai.example/cb",
  ])("an address that only contains a known one is not theirs: %s", (to) => {
    expect(brandOf("Claude", { to })).toEqual(["Claude"]);
  });

  test.each([
    ["https://xn--clude-5qa.ai/cb", "lookalike"],
    ["https://cl\u0430ude.ai/cb", "lookalike"],
    ["https://login.xn--80ak6aa92e.com/cb", "lookalike"],
    ["https://10.0.0.5/cb", "private"],
    ["https://192.168.1.4:8443/cb", "private"],
    ["https://172.16.0.1/cb", "private"],
    ["https://169.254.169.254/cb", "private"],
    ["https://0x0a000001/cb", "private"],
    ["https://167772161/cb", "private"],
    ["https://[fd00::1]/cb", "private"],
    ["https://[::ffff:10.0.0.1]/cb", "private"],
    ["https://printer/cb", "private"],
    ["https://tasks.internal/cb", "private"],
    ["https://box.local/cb", "private"],
    ["https://nas.home.arpa/cb", "private"],
    ["https://8.8.8.8/cb", "numeric"],
    ["https://[2606:4700:4700::1111]/cb", "numeric"],
  ])("%s is told as %s", (to, kind) => {
    expect(warned({ to })).toEqual([kind]);
    expect(warned({ to, host: new URL(to).host, trust: "domain" })).toEqual([kind]);
  });

  test("asking from one address and leading to another is told; a subdomain is the same house", () => {
    const from = { host: "aide.example", trust: "domain" } as const;
    expect(consentFacts(pendingOf({ ...from, to: "https://other.example/cb" })).warnings).toEqual([
      { kind: "elsewhere", from: "aide.example", to: "other.example" },
    ]);
    for (const to of ["https://app.aide.example/cb", "https://aide.example:8443/cb", "http://127.0.0.1:1/cb"])
      expect(warned({ ...from, to })).not.toContain("elsewhere");
    expect(warned({ ...from, to: "https://notaide.example/cb" })).toContain("elsewhere");
    expect(warned({ host: "claude.ai", trust: "verified", to: "https://claude.com/cb" })).toEqual([]);
  });

  test("the gravest comes first", () => {
    expect(
      warned({ name: "Claude", host: "10.0.0.5", trust: "domain", to: "https://xn--clude-5qa.ai/cb", firstSeen: null }),
    ).toEqual(["brand", "private", "lookalike", "elsewhere", "first"]);
  });
});

test("a known app is verified where the answer leads to its site, not where any program here could take it", () => {
  const trustOf = (to: string) => consentFacts(pendingOf({ host: "claude.ai", trust: "verified", to })).trust;
  expect(trustOf("https://claude.ai/api/mcp/auth_callback")).toBe("verified");
  expect(trustOf("http://localhost:4321/callback")).toBe("domain");
  expect(trustOf("cursor://x/cb")).toBe("domain");
});

test("facts are the app's name, its address, and where the answer goes", () => {
  const asker = {
    name: " Aide\u202E ",
    host: "aide.example:8443",
    trust: "domain",
    to: "https://aide.example/cb",
  } as const;
  expect(consentFacts(pendingOf(asker))).toEqual({
    name: "Aide",
    trust: "domain",
    from: "aide.example:8443",
    to: { kind: "site", host: "aide.example" },
    warnings: [],
  });
});
