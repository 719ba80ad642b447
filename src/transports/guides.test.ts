import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type TokenScope, tokenScopes } from "#core/scopes.ts";
import { messages as consent } from "#features/connections/components/consent-words.ts";
import { actorOf } from "#testing/factories.ts";
import { listTools, toolCapability } from "./mcp/tools.ts";
import { match } from "./rest/routes.ts";

// Guides rot where nobody looks: whatever they name has to be there. e2e/guides.e2e.ts types what they tell people to type.

const root = path.resolve(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const guides = [...globSync("docs/assistants/*.md", { cwd: root }), "README.md"].map((file): [string, string] => [
  file,
  read(file),
]);
const all = guides.map(([, text]) => text).join("\n");

const tools = listTools(actorOf({ id: "x", email: "x", name: "x" }, { scopes: tokenScopes })).map(({ name }) => name);
const inTicks = (text: string) =>
  [...text.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);

/** Names of OAuth and of REST that look like tools. */
const standard =
  /^(insufficient_scope|invalid_(token|client|grant|request|redirect_uri)|offline_access|code_challenge|client_id|client_name)$/;

/** Addresses of pages and routes, as Next sees them; `[name]` and `:name` stand for one segment. */
const served = [
  ...globSync("src/app/**/{page.tsx,route.ts}", { cwd: root }).map((file) =>
    path
      .dirname(file)
      .replace(/^src\/app/, "")
      .replace(/\/\([^)]+\)/g, ""),
  ),
  ...[...read("next.config.mjs").matchAll(/"(\/(?:oauth|\.well-known)\/[^"]+)"/g)].map(([, source = ""]) => source),
  "/.well-known/oauth-protected-resource/mcp",
]
  .filter((address) => !/\[\.\.\.|\[\[|\(/.test(address))
  .map((address) => new RegExp(`^${address.replace(/\./g, "\\.").replace(/\[\w+\]|:\w+/g, "[^/]+")}$`));

function isServed(address: string): boolean {
  const [name = ""] = address.split(/[?#]/, 1);
  if (name === "/api/v1" || served.some((pattern) => pattern.test(name))) return true;
  const [, rest] = /^\/api\/v1\/(.+)/.exec(name) ?? [];
  const segments = rest?.replace(/\$\w+/g, "id").split("/");
  return Boolean(
    segments && ["GET", "POST", "PATCH", "DELETE", "PUT"].some((method) => "route" in match(method, segments)),
  );
}

describe("the guides", () => {
  test("name only tools that exist, and every one of them", () => {
    const named = inTicks(all).filter((code) => /^[a-z]+(_[a-z]+)+$/.test(code) && !standard.test(code));
    expect(named.filter((name) => !tools.includes(name))).toEqual([]);
    const unnamed = tools.filter((name) => !inTicks(all).includes(name));
    expect(unnamed).toEqual([]);
  });

  test("say of each permission which tools it opens", () => {
    const text = read("docs/assistants/README.md");
    for (const scope of tokenScopes) {
      const row = text.split("\n").find((line) => line.startsWith(`| \`${scope}\` |`)) ?? "";
      const opened = tools.filter((name) => toolCapability(name)?.capability.scope === scope);
      expect([
        scope,
        inTicks(row)
          .filter((code) => tools.includes(code))
          .sort(),
      ]).toEqual([scope, [...opened].sort()]);
    }
  });

  test("name only permissions that exist", () => {
    const named = [...all.matchAll(/\b(?:tasks|notifications|memory|account|admin):[a-z]+/g)].map(([scope]) => scope);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((scope) => !tokenScopes.includes(scope as TokenScope))).toEqual([]);
  });

  test("name only addresses that are served", () => {
    const typed = [...all.matchAll(/(?:\$MINDFLOW|localhost:3000|tasks\.example\.com)(\/[\w./$?&=-]+)/g)].map(
      ([, name = ""]) => name,
    );
    const told = inTicks(all).filter((code) => /^\/[\w.]/.test(code) && !code.includes("…"));
    expect(told.length + typed.length).toBeGreaterThan(20);
    expect([...typed, ...told].filter((address) => !isServed(address))).toEqual([]);
  });

  test("use the words of the approval page", () => {
    const text = read("docs/assistants/README.md");
    const { presets, lifetimes, allow, cancel } = consent;
    const words = [
      presets.look.label,
      presets.help.label,
      presets.full.label,
      ...Object.values(lifetimes),
      allow,
      cancel,
    ];
    expect(words.filter((word) => !text.toLowerCase().includes(word.toLowerCase()))).toEqual([]);
  });

  test("name only settings and commands that exist", () => {
    const settings = inTicks(all).filter((code) => /^[A-Z]+(_[A-Z]+)+$/.test(code));
    expect(
      settings.filter((name) => !read("README.md").includes(`\`${name}\``) || !read("src/core/env.ts").includes(name)),
    ).toEqual(settings.filter((name) => name === "HOSTNAME"));
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const commands = [...all.matchAll(/npm run ([a-z]+)/g)].map(([, name = ""]) => name);
    expect(commands.filter((name) => !(name in scripts))).toEqual([]);
  });

  test.each(guides)("%s links to what is there, and its JSON is JSON", (file, text) => {
    const anchorsOf = (markdown: string) =>
      [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
        title
          .toLowerCase()
          .replace(/[^\w\s-]/g, "")
          .replace(/\s/g, "-"),
      );
    for (const [, target = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [name = "", anchor] = target.split("#");
      const linked = name === "" ? file : path.join(path.dirname(file), name);
      expect([target, existsSync(path.join(root, linked))]).toEqual([target, true]);
      if (anchor) expect([target, anchorsOf(read(linked)).includes(anchor)]).toEqual([target, true]);
    }
    for (const [, block = ""] of text.matchAll(/^```json\n([\s\S]*?)^```$/gm))
      expect(() => JSON.parse(block)).not.toThrow();
  });
});
