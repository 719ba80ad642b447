import { spawnSync } from "node:child_process";
import path from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { pooled } from "#core/db.ts";
import { seal, unseal } from "#core/seal.ts";
import { accessTokenOf, makeGrant } from "#testing/assistants.ts";
import { makePerson } from "#testing/factories.ts";
import { send } from "#testing/loopback.ts";
import { callWith, connect, newBrowser, refresh, register, tokensOf } from "#testing/oauth.ts";
import { run } from "#testing/rows.ts";
import { actorFromBearer } from "./bearer.ts";
import { keyNames, listSigningKeys, rotateSigningKey, signingKeys } from "./keys.ts";

afterEach(() => vi.useRealTimers());

type Jwk = Record<string, unknown>;
const published = async (): Promise<Jwk[]> =>
  ((await (await send("/.well-known/jwks.json")).json()) as { keys: Jwk[] }).keys;
const kidOf = (token: string): string =>
  (JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString()) as { kid: string }).kid;

/** The public keys are looked up again two seconds after the last time (keys.ts). */
let ahead = 0;
function later(): void {
  ahead += 5000;
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ahead });
}

/** Another process, with the settings of this one but for `changes`, makes a new key. */
function rotateElsewhere(changes: Record<string, string> = {}): void {
  const root = path.resolve(import.meta.dirname, "../../..");
  const rotate = ["--conditions=react-server", path.join(root, "scripts/signing-keys.mjs")];
  // biome-ignore lint/style/noProcessEnv: the other process has the settings of this one
  const env = { ...process.env, NODE_OPTIONS: "", SIGNING_KEYS: "rotate", ...changes };
  expect(spawnSync(process.execPath, rotate, { cwd: root, env, encoding: "utf8" })).toMatchObject({ status: 0 });
}

describe("the keys that sign (requirements M-21, M-22, security OA-17)", () => {
  test("RSA of 2048 bit with its thumbprint for a name, and nothing private is published", async () => {
    const [key, ...others] = await published();
    expect(others).toEqual([]);
    expect(Object.keys(key ?? {}).sort()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
    expect(key).toMatchObject({ kty: "RSA", use: "sig", alg: "RS256", e: "AQAB" });
    expect(Buffer.from(String(key?.n), "base64url")).toHaveLength(256);
    expect(String(key?.n)).not.toMatch(/[+/=]/);
    const { calculateJwkThumbprint } = await import("jose");
    expect(key?.kid).toBe(await calculateJwkThumbprint(key as never));
  });

  test("in the database they are sealed: no part of a private key stands there", async () => {
    const [row] = await run<{ text: string; sealed: string }>("SELECT k::text AS text, sealed FROM signing_keys k");
    const [key] = await signingKeys();
    for (const part of ["d", "p", "q", "dp", "dq", "qi"] as const) {
      expect(key).toHaveProperty(part);
      expect(row?.text).not.toContain(String((key as Jwk)[part]));
    }
    expect(await unseal("signing key", row?.sealed ?? "")).toContain('"d"');
    expect(await unseal("something else", row?.sealed ?? "")).toBeNull();
    expect(await unseal("signing key", `${row?.sealed.slice(0, -2)}AA`)).toBeNull();
    expect(await unseal("signing key", "")).toBeNull();
    expect(await seal("signing key", "x")).not.toBe(await seal("signing key", "x"));
  });

  test("after a rotation two are published, the new one signs, and what the old one signed lives on to its end", async () => {
    const [browser, client] = [await newBrowser(), await register()];
    const before = await connect({ browser, client });
    const kid = await rotateSigningKey();
    expect((await published()).map((key) => key.kid)).toEqual([kid, kidOf(before.tokens.access_token)]);
    for (const key of await published())
      expect(Object.keys(key).sort()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
    later();
    const after = await connect({ browser, client });
    expect(kidOf(after.tokens.access_token)).toBe(kid);
    expect(await callWith(before.tokens.access_token)).toBe(200);
    expect(await callWith(after.tokens.access_token)).toBe(200);
    // The old one's time: the life of a token and a minute.
    const [, old] = await listSigningKeys();
    const seconds = (Date.parse(String(old?.expiresAt)) - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(3600 - 60);
    expect(seconds).toBeLessThanOrEqual(3660);
    await run("UPDATE signing_keys SET expires_at = now() - interval '1 second' WHERE expires_at IS NOT NULL");
    expect(await callWith(before.tokens.access_token)).toBe(401);
    expect(await callWith(after.tokens.access_token)).toBe(200);
    expect((await published()).map((key) => key.kid)).toEqual([kid]);
    // A renewal brings a token of the new one.
    expect(kidOf((await tokensOf(await refresh(client, before.tokens.refresh_token))).access_token)).toBe(kid);
  });

  test("a rotation by another process is seen by the next request", async () => {
    const before = await keyNames();
    rotateElsewhere();
    const names = await keyNames();
    expect(names).not.toBe(before);
    expect((await published()).map((key) => key.kid).join(" ")).toBe(names);
    later();
    const { tokens } = await connect();
    expect(kidOf(tokens.access_token)).toBe(names.split(" ")[0]);
    expect(await callWith(tokens.access_token)).toBe(200);
  });

  test("everybody who comes while a new key is looked up is let in, also beside ids that nobody knows", async () => {
    const grant = await makeGrant(await makePerson());
    await rotateSigningKey();
    later();
    const unknown = await accessTokenOf(grant, {}, { kid: "unknown" });
    const tokens = await Promise.all(Array.from({ length: 20 }, () => accessTokenOf(grant)));
    const found = await Promise.allSettled(
      [unknown, ...tokens].map((token) => actorFromBearer(`Bearer ${token}`, "read", pooled())),
    );
    expect(found.map(({ status }) => status)).toEqual(["rejected", ...tokens.map(() => "fulfilled")]);
  });

  test("an id nobody knows is refused, however often it is asked", async () => {
    const token = await accessTokenOf(await makeGrant(await makePerson()), {}, { kid: "unknown" });
    for (let n = 0; n < 5; n++) expect(await callWith(token)).toBe(401);
  });

  test("many processes that find no key make one", async () => {
    await run("DELETE FROM signing_keys");
    const sets = await Promise.all(Array.from({ length: 5 }, () => signingKeys()));
    expect(new Set(sets.map((keys) => keys.map(({ kid }) => kid).join(" "))).size).toBe(1);
    expect(await run("SELECT FROM signing_keys")).toHaveLength(1);
  });

  test("one that does not open, sealed under another PEPPER, is replaced; what it signed lives on", async () => {
    const { tokens, client } = await connect();
    const lost = kidOf(tokens.access_token);
    rotateElsewhere({ PEPPER: "kL0zXcQ7wE2rT9yU4iO1pA6sD3fG8hJ5" });
    const foreign = (await keyNames()).split(" ")[0];
    const [key] = await signingKeys();
    expect([lost, foreign]).not.toContain(key?.kid);
    expect(key).toHaveProperty("d");
    later();
    expect(await callWith(tokens.access_token)).toBe(200);
    const renewed = await tokensOf(await refresh(client, tokens.refresh_token));
    expect(kidOf(renewed.access_token)).toBe(key?.kid);
    expect(await callWith(renewed.access_token)).toBe(200);
  });
});
