import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";

// The rules of the layout, executable: one table for each rule. A rule that is wrong is changed here and in docs/architecture.md together.

const root = path.resolve(import.meta.dirname);
const layers = ["core", "ui", "features", "transports", "app"] as const;

/** feature → features it may know. Without cycles, checked below. */
const knows: Record<string, readonly string[]> = {
  journal: ["notifications", "tasks", "profile"],
  notifications: ["tasks", "profile"],
  profile: [],
  tasks: [],
  scoring: ["tasks"],
  identity: ["journal", "notifications", "profile"],
  connections: ["journal", "notifications", "profile", "identity"],
  assistants: ["tasks", "scoring", "connections"],
};

/** What a file of a feature may be called; a noun may have a few of its own where the field has a word for them. */
const vocabulary = ["schema", "rules", "data", "service", "capabilities", "jobs", "policy", "messages", "telling"];
const own: Record<string, readonly string[]> = {
  identity: ["session", "password", "blocklist", "tickets", "next-auth", "audit"],
  journal: ["recorder", "audit"],
  connections: [
    "bearer",
    "keys",
    "adapter",
    "provider",
    "clients",
    "interaction",
    "grants",
    "answers",
    "consent",
    "receipts",
  ],
};
/** Files of a feature that may touch the database. */
const keepers = [
  "data",
  "service",
  "jobs",
  "session",
  "tickets",
  "next-auth",
  "recorder",
  "audit",
  "keys",
  "adapter",
  "interaction",
  "grants",
  "receipts",
];
/** What transports may see of a feature: its operations, its jobs, whoever verifies a credential, and the journal's writer. */
const faces = ["capabilities", "jobs", "session", "bearer", "recorder", "receipts"];
/** Doors that reach further in: signing in and connecting are no capabilities, for nobody is anybody yet. */
const doors: Record<string, readonly string[]> = {
  "transports/forms/identity.ts": ["service", "schema", "messages", "next-auth", "tickets", "policy"],
  "transports/oauth/": ["provider", "answers", "interaction", "consent", "policy", "data"],
};

type Import = { specifier: string; typeOnly: boolean };
type File = { path: string; text: string; imports: Import[]; isTest: boolean };

const importPattern = /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"|\bimport\("([^"]+)"\)/g;

function load(dir: string): File[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry): File[] => {
    const full = path.join(dir, entry.name);
    if (entry.isDirectory()) return entry.name === "generated" ? [] : load(full);
    if (!/\.tsx?$/.test(entry.name)) return [];
    const text = readFileSync(full, "utf8");
    const imports = [...text.matchAll(importPattern)].map(([, type, fixed, dynamic]) => {
      const raw = fixed ?? dynamic ?? "";
      const specifier = raw.startsWith(".") ? `#${path.relative(root, path.resolve(dir, raw))}` : raw;
      return { specifier, typeOnly: Boolean(type) };
    });
    return [{ path: path.relative(root, full), text, imports, isTest: /\.test\.tsx?$/.test(entry.name) }];
  });
}

const files = load(root);
const product = files.filter((file) => !file.isTest && !file.path.startsWith("testing/"));
const layerOf = (file: string) => layers.findIndex((layer) => file.startsWith(`${layer}/`));
const featureOf = (file: string) => /^features\/([^/]+)\//.exec(file)?.[1];
const baseOf = (file: string) => path.basename(file).replace(/\.tsx?$/, "");
const internal = (file: File) =>
  file.imports
    .filter(({ specifier }) => specifier.startsWith("#"))
    .map((i) => ({ ...i, target: i.specifier.slice(1) }));
const offences = (rule: (file: File) => string[]) =>
  product.flatMap((file) => rule(file).map((what) => `${file.path}: ${what}`));

describe("architecture", () => {
  test("imports point app → transports → features → ui → core, and only app imports app", () => {
    const found = offences((file) =>
      internal(file)
        .filter(({ target, typeOnly }) => {
          if (file.path === "core/trpc.ts" && typeOnly && target === "transports/trpc/router.ts") return false;
          const [from, to] = [layerOf(file.path), layerOf(target)];
          return from >= 0 && to > from;
        })
        .map(({ target }) => `imports ${target}`),
    );
    expect(found).toEqual([]);
  });

  test("features know each other only as declared, without cycles", () => {
    const found = offences((file) => {
      const feature = featureOf(file.path);
      if (!feature) return [];
      return internal(file)
        .map(({ target }) => featureOf(target))
        .filter((other) => other && other !== feature && !knows[feature]?.includes(other))
        .map((other) => `${feature} does not know ${other}`);
    });
    expect(found).toEqual([]);
    const visit = (feature: string, trail: string[]): string[] =>
      trail.includes(feature)
        ? [[...trail, feature].join(" → ")]
        : (knows[feature] ?? []).flatMap((next) => visit(next, [...trail, feature]));
    expect(Object.keys(knows).flatMap((feature) => visit(feature, []))).toEqual([]);
  });

  test("feature folders hold files of the closed vocabulary", () => {
    const found = offences((file) => {
      const feature = featureOf(file.path);
      if (!feature) return [];
      if (!(feature in knows)) return [`${feature} is not declared`];
      const inside = file.path.split("/").slice(2);
      const isKnown =
        inside.length === 1
          ? [...vocabulary, ...(own[feature] ?? [])].includes(baseOf(file.path))
          : inside[0] === "components";
      return isKnown ? [] : ["is not in the vocabulary"];
    });
    expect(found).toEqual([]);
    expect(
      product
        .filter(({ path: p }) => /(^|\/)(index|utils|helpers|hooks|types|constants)\.tsx?$/.test(p))
        .map((f) => f.path),
    ).toEqual([]);
  });

  test("transports see a feature only through its faces", () => {
    const found = offences((file) => {
      if (!file.path.startsWith("transports/")) return [];
      const [, further = []] = Object.entries(doors).find(([door]) => file.path.startsWith(door)) ?? [];
      const allowed = [...faces, ...further];
      return internal(file)
        .filter(({ target, typeOnly }) => featureOf(target) && !typeOnly && !allowed.includes(baseOf(target)))
        .map(({ target }) => `imports ${target}`);
    });
    expect(found).toEqual([]);
  });

  test("the database is touched only by data, service, jobs and the keepers of credentials and journal", () => {
    const found = offences((file) => {
      const outside = file.imports
        .filter(
          ({ specifier, typeOnly }) =>
            !typeOnly && /^(pg|@prisma\/|#generated\/)/.test(specifier) && file.path !== "core/db.ts",
        )
        .map(({ specifier }) => `imports ${specifier}`);
      const inFeature = featureOf(file.path) !== undefined && !keepers.includes(baseOf(file.path));
      const db = internal(file).filter(
        ({ target, typeOnly }) => target === "core/db.ts" && !typeOnly && (inFeature || /^(app|ui)\//.test(file.path)),
      );
      return [...outside, ...db.map(() => "imports core/db.ts")];
    });
    expect(found).toEqual([]);
  });

  test("every statement of a feature carries its owner", () => {
    const found = offences((file) => {
      if (!featureOf(file.path) || featureOf(file.path) === "identity") return [];
      // The library's records and the server's own keys are nobody's.
      if (/^features\/connections\/(?:adapter|keys)\.ts$/.test(file.path)) return [];
      return [...file.text.matchAll(/\bsql\(\s*`([^`]*(?:`[^`]*`[^`]*)*?)`\s*,?\s*\)/g)]
        .map(([, text = ""]) => text)
        .filter((text) => !/\$\{(owned|own)|\$\{where|user_id = \$1|\bread\(|\$1/i.test(text))
        .map((text) => `a statement without owner: ${text.trim().slice(0, 60)}`);
    });
    expect(found).toEqual([]);
  });

  test("only whoever verified a credential mints an actor", () => {
    const may = ["core/context.ts", "features/identity/session.ts", "features/connections/bearer.ts"];
    expect(
      product.filter((file) => /\bmintActor\b/.test(file.text) && !may.includes(file.path)).map((f) => f.path),
    ).toEqual([]);
  });

  test("settings come from core/env.ts, next-auth from one file", () => {
    const env = product.filter((file) => /process\.env\b/.test(file.text) && file.path !== "core/env.ts");
    // Next decides by this literal which runtime it builds for.
    expect(env.map((f) => f.path)).toEqual(["instrumentation.ts"]);
    const auth = product.filter((file) => file.imports.some(({ specifier }) => /^next-auth/.test(specifier)));
    expect(auth.map((f) => f.path)).toEqual(["features/identity/next-auth.ts"]);
  });

  test("server files say so first, and client components import none of them", () => {
    const mustSay = ["data", "service", "jobs", "capabilities"];
    expect(
      offences((file) =>
        featureOf(file.path) && mustSay.includes(baseOf(file.path)) && !file.text.startsWith('import "server-only";')
          ? ["is not marked server-only"]
          : [],
      ),
    ).toEqual([]);
    const serverOnly = new Set(
      product.filter((file) => file.text.startsWith('import "server-only";')).map((f) => f.path),
    );
    expect(
      offences((file) =>
        file.text.startsWith('"use client"')
          ? internal(file)
              .filter(({ target, typeOnly }) => serverOnly.has(target) && !typeOnly)
              .map(({ target }) => `imports ${target}`)
          : [],
      ),
    ).toEqual([]);
  });

  test("files stay small and are not re-exports of others", () => {
    expect(offences((file) => (file.text.split("\n").length > 301 ? ["has more than 300 lines"] : []))).toEqual([]);
    expect(offences((file) => (/^export \* from/m.test(file.text) ? ["is a barrel"] : []))).toEqual([]);
  });

  test("no server actions: forms go to tRPC or to form-post handlers", () => {
    expect(offences((file) => (/^\s*["']use server["']/m.test(file.text) ? ["is a server action"] : []))).toEqual([]);
  });

  test("no test is skipped, singled out or left for later (requirements S0-23)", () => {
    const journeys = readdirSync(path.join(root, "../e2e")).map((name) => `../e2e/${name}`);
    const all = [...files.filter((file) => file.isTest).map((file) => file.path), ...journeys];
    const lazy =
      /\b(?:test|it|describe)(?:\.\w+)*\.(?:skip|only|todo|fixme|skipIf|runIf|fails)\b|\bx(?:it|test|describe)\(|\bretries?: [1-9]/;
    expect(all.filter((file) => lazy.test(readFileSync(path.join(root, file), "utf8")))).toEqual([]);
  });
});
