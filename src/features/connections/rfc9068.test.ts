import { createHmac, createPublicKey, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { createRemoteJWKSet, customFetch, type JWK, jwtVerify } from "jose";
import * as oauth from "oauth4webapi";
import { describe, expect, test } from "vitest";
import { pooled } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { newId } from "#core/id.ts";
import { accessTokenOf, makeGrant } from "#testing/assistants.ts";
import { signedIn } from "#testing/browser.ts";
import { makePerson } from "#testing/factories.ts";
import { send } from "#testing/loopback.ts";
import { callWith, claimsOf, connect, discover, obtainCode, overLoopback } from "#testing/oauth.ts";
import { run } from "#testing/rows.ts";
import { applySettings } from "#testing/settings.ts";
import { actorFromBearer } from "./bearer.ts";

// Many calls of one connection; the limit itself is tried elsewhere.
applySettings({ LIMIT_FACTOR: "1000" });

const person = await makePerson();
const grant = await makeGrant(person);
const other = await makePerson();
const now = Math.floor(Date.now() / 1000);
const issuer = "http://localhost:3000";

type Parts = { header: Record<string, unknown>; payload: Record<string, unknown> };
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const partsOf = (token: string): Parts => {
  const [header = "", payload = ""] = token.split(".").map((text) => Buffer.from(text, "base64url").toString());
  return { header: JSON.parse(header), payload: JSON.parse(payload) };
};
const good = await accessTokenOf(grant);
const { header, payload } = partsOf(good);
const jwks = (await (await send("/.well-known/jwks.json")).json()) as { keys: (JWK & { n: string; e: string })[] };
const publicPem = createPublicKey({ key: jwks.keys[0] as never, format: "jwk" })
  .export({ type: "spki", format: "pem" })
  .toString();
const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 });
const strangerJwk = stranger.publicKey.export({ format: "jwk" });

/** A token signed by a key of the attacker's own. */
function forged(head: Record<string, unknown>, body: Record<string, unknown> = payload): string {
  const text = `${part(head)}.${part(body)}`;
  return `${text}.${sign("sha256", Buffer.from(text), stranger.privateKey).toString("base64url")}`;
}
function hmac(head: Record<string, unknown>, secret: string): string {
  const text = `${part(head)}.${part(payload)}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

describe("the token (RFC 9068, requirements M-37)", () => {
  test("says what it should, and whoever has only the key set can check it", async () => {
    const { tokens, client, browser, grantId } = await connect();
    const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`), {
      [customFetch]: (url) => send(new URL(url).pathname),
    });
    const options = { issuer, audience: `${issuer}/mcp`, typ: "at+jwt", algorithms: ["RS256"] };
    const verified = await jwtVerify(tokens.access_token, keys, options);
    expect(verified.payload).toMatchObject({
      sub: browser.person.id,
      client_id: client.client_id,
      scope: "tasks:read tasks:write",
      gid: grantId,
    });
    expect(Number(verified.payload.exp) - Number(verified.payload.iat)).toBe(3600);
    expect(Object.keys(verified.payload).sort()).toEqual([
      "aud",
      "client_id",
      "exp",
      "gid",
      "iat",
      "iss",
      "jti",
      "scope",
      "sub",
    ]);
    expect(verified.protectedHeader).toEqual({ alg: "RS256", typ: "at+jwt", kid: jwks.keys[0]?.kid });
  });

  test("an official resource server takes it", async () => {
    const { tokens } = await connect();
    const headers = { Authorization: `Bearer ${tokens.access_token}` };
    const request = new Request(`${issuer}/mcp`, { headers });
    const claims = await oauth.validateJwtAccessToken(await discover(), request, `${issuer}/mcp`, overLoopback);
    expect(claims.jti).toBe(claimsOf(tokens.access_token).jti);
  });

  test("no two have the same jti", async () => {
    const both = await Promise.all([connect(), connect()]);
    expect(new Set(both.map(({ tokens }) => claimsOf(tokens.access_token).jti)).size).toBe(2);
  });
});

describe("what is no token of ours (security OA-15)", () => {
  const withHeader = (changes: Record<string, unknown>) => accessTokenOf(grant, {}, changes);
  const zoo: [string, () => string | Promise<string>][] = [
    ["alg none, unsigned", () => `${part({ ...header, alg: "none" })}.${part(payload)}.`],
    ["alg none, with a signature", () => `${part({ ...header, alg: "none" })}.${part(payload)}.${good.split(".")[2]}`],
    ["alg NoNe", () => `${part({ ...header, alg: "NoNe" })}.${part(payload)}.`],
    ["alg empty", () => `${part({ ...header, alg: "" })}.${part(payload)}.x`],
    ["no alg", () => `${part({ typ: "at+jwt", kid: header.kid })}.${part(payload)}.x`],
    ["HS256 by the public key as PEM", () => hmac({ ...header, alg: "HS256" }, publicPem)],
    ["HS256 by the public key without its last line end", () => hmac({ ...header, alg: "HS256" }, publicPem.trim())],
    ["HS256 by the modulus", () => hmac({ ...header, alg: "HS256" }, jwks.keys[0]?.n ?? "")],
    ["HS256 by the key as JSON", () => hmac({ ...header, alg: "HS256" }, JSON.stringify(jwks.keys[0]))],
    ["HS256 by nothing", () => hmac({ ...header, alg: "HS256" }, "")],
    ["another key under our id", () => forged(header)],
    ["another key under its own id", () => forged({ ...header, kid: "stranger" })],
    ["another key, carried along", () => forged({ ...header, jwk: strangerJwk })],
    ["another key, carried along without an id", () => forged({ alg: "RS256", typ: "at+jwt", jwk: strangerJwk })],
    ["another key, to be fetched", () => forged({ ...header, jku: "http://127.0.0.1:1/jwks.json" })],
    ["another key by x5u", () => forged({ ...header, x5u: "http://127.0.0.1:1/x.pem" })],
    ["another key by x5c", () => forged({ ...header, x5c: [strangerJwk.n] })],
    ["RS384", () => forged({ ...header, alg: "RS384" })],
    ["PS256", () => forged({ ...header, alg: "PS256" })],
    ["ES256", () => forged({ ...header, alg: "ES256" })],
    ["a key id that climbs", () => withHeader({ kid: "../../../../dev/null" })],
    ["a key id of SQL", () => withHeader({ kid: "' OR 1=1 --" })],
    ["a key id with NUL", () => withHeader({ kid: "\u0000" })],
    ["a key id out of a prototype", () => withHeader({ kid: "__proto__" })],
    ["a key id of a kilobyte", () => withHeader({ kid: "k".repeat(1000) })],
    ["an empty key id", () => withHeader({ kid: "" })],
    ["no key id", () => withHeader({ kid: undefined })],
    ["a key id that is a list", () => forged({ ...header, kid: [header.kid] })],
    ["a key id nobody knows", () => withHeader({ kid: randomUUID() })],
    ["typ JWT", () => withHeader({ typ: "JWT" })],
    ["no typ", () => withHeader({ typ: undefined })],
    ["typ id_token+jwt", () => withHeader({ typ: "id_token+jwt" })],
    ["an extension that must be understood", () => forged({ ...header, crit: ["x"], x: 1 })],
    ["b64 false", () => forged({ ...header, crit: ["b64"], b64: false })],
    ["zipped", () => forged({ ...header, zip: "DEF" })],
    ...["exp", "iat", "sub", "aud", "iss", "gid", "client_id", "jti"].map((name): [string, () => Promise<string>] => [
      `no ${name}`,
      () => accessTokenOf(grant, { [name]: undefined }),
    ]),
    ["over", () => accessTokenOf(grant, { exp: now - 1 })],
    ["over since always", () => accessTokenOf(grant, { exp: 0 })],
    ["an end that is no number", () => accessTokenOf(grant, { exp: "9999999999" })],
    ["not yet begun", () => accessTokenOf(grant, { nbf: now + 600 })],
    ["of another issuer", () => accessTokenOf(grant, { iss: "https://evil.example" })],
    ["of almost our issuer", () => accessTokenOf(grant, { iss: `${issuer}/` })],
    ["for almost our resource", () => accessTokenOf(grant, { aud: `${issuer}/mcp/` })],
    ["for ours and another", () => accessTokenOf(grant, { aud: [`${issuer}/mcp`, "https://x.example"] })],
    ["about another person", () => accessTokenOf(grant, { sub: other.id })],
    ["about nobody", () => accessTokenOf(grant, { sub: newId() })],
    ["about a list of people", () => accessTokenOf(grant, { sub: [person.id] })],
    ["about what is no id", () => accessTokenOf(grant, { sub: "' OR 1=1 --" })],
    ["of another client", () => accessTokenOf(grant, { client_id: "https://evil.example/client.json" })],
    ["of no connection", () => accessTokenOf(grant, { gid: newId() })],
    ["of a connection that is no id", () => accessTokenOf(grant, { gid: "1; DROP TABLE grants" })],
    ["scopes that are a list", () => accessTokenOf(grant, { scope: ["tasks:read"] })],
    ["scopes without end", () => accessTokenOf(grant, { scope: "tasks:read ".repeat(100) })],
    [
      "one letter of the signature changed",
      () => good.slice(0, -10) + (good.at(-10) === "A" ? "B" : "A") + good.slice(-9),
    ],
    ["no signature", () => `${good.split(".").slice(0, 2).join(".")}.`],
    ["two parts", () => good.split(".").slice(0, 2).join(".")],
    ["four parts", () => `${good}.x`],
    ["five parts", () => `${good}.x.y`],
    ["a claim changed", () => [good.split(".")[0], part({ ...payload, sub: other.id }), good.split(".")[2]].join(".")],
    ["padding", () => `${good}=`],
    ["a header that is no JSON", () => `e30x.${good.split(".").slice(1).join(".")}`],
    ["a payload that is no JSON", () => [good.split(".")[0], "e30x", good.split(".")[2]].join(".")],
    ["a payload that is a list", () => forged(header, [] as never)],
    ["dots", () => ".."],
    ["a word", () => "wombat"],
    ["9 kB", () => `${good}${"A".repeat(9000)}`],
    ["9 kB of signed claims", () => accessTokenOf(grant, { x: "x".repeat(9000) })],
  ];
  test.each(zoo)("%s", async (_, make) => {
    const token = await make();
    const answer = await send("/api/v1/tasks", { headers: { Authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toContain('error="invalid_token"');
    expect(answer.headers.get("www-authenticate")).not.toContain(token);
    await expect(actorFromBearer(`Bearer ${token}`, "read", pooled())).rejects.toMatchObject({ code: "INVALID_TOKEN" });
  });

  test("a megabyte does not get to us; it is refused, and the next request is served", async () => {
    const status = await callWith("a".repeat(1_000_000)).catch(() => 0);
    expect([0, 431]).toContain(status);
    await expect(actorFromBearer(`Bearer ${"a".repeat(1_000_000)}`, "read", pooled())).rejects.toBeInstanceOf(AppError);
    expect(await callWith(good)).toBe(200);
  });

  test("what is a secret elsewhere is none here (security OA-14, SE-08)", async () => {
    const { tokens, browser, client } = await connect();
    const { code } = await obtainCode(browser, client);
    const { cookie, sessionId } = await signedIn(browser.person);
    const { tokens: withIdentity } = await connect({ scope: "openid tasks:read" });
    expect(withIdentity.id_token).toBeDefined();
    for (const wrong of [
      tokens.refresh_token,
      code,
      sessionId,
      cookie.split("=")[1] ?? "",
      client.client_id,
      String(withIdentity.id_token),
    ])
      expect(await callWith(wrong)).toBe(401);
    expect((await send("/api/v1/tasks", { headers: { Cookie: cookie } })).status).toBe(401);
  });
});

describe("how a token is sent (RFC 6750 §2)", () => {
  test("never in the address, the body or a cookie (requirements S1-24)", async () => {
    for (const name of ["access_token", "token", "authorization", "bearer"]) {
      const answer = await send(`/api/v1/tasks?${name}=${good}`);
      expect([name, answer.status === 401 || answer.status === 422]).toEqual([name, true]);
      expect((await send("/api/v1/tasks", { headers: { Cookie: `${name}=${good}` } })).status).toBe(401);
    }
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    const inBody = await send("/api/v1/tasks", { method: "POST", headers, body: `access_token=${good}` });
    expect(inBody.status).toBe(401);
  });

  test("of two headers one counts for everybody: the first", async () => {
    const two = (...tokens: string[]) =>
      send("/api/v1/tasks", { headers: { Authorization: tokens.map((token) => `Bearer ${token}`) } });
    expect((await two(good, "x")).status).toBe(200);
    expect((await two("x", good)).status).toBe(401);
    expect((await send("/api/v1/tasks", { headers: { Authorization: `Bearer ${good}, Bearer x` } })).status).toBe(401);
  });

  test.each([
    "",
    "Bearer",
    "Bearer ",
    `Bearer ${good} x`,
    `Bearer: ${good}`,
    `Basic ${good}`,
    `DPoP ${good}`,
    `Token ${good}`,
    good,
    `Bearer\t${good}`,
    `Bearer "${good}"`,
    `XBearer ${good}`,
  ])("%.20s is no bearer token", async (Authorization) => {
    expect((await send("/api/v1/tasks", { headers: { Authorization } })).status).toBe(401);
  });

  test("the scheme's case does not matter (RFC 9110 §11.1)", async () => {
    for (const scheme of ["bearer", "BEARER", "Bearer  "])
      expect((await send("/api/v1/tasks", { headers: { Authorization: `${scheme} ${good}` } })).status).toBe(200);
  });
});

describe("what a token may do", () => {
  test("is what its connection and the token both say, and no more", async () => {
    const scopesOf = async (scope: string) => {
      const actor = await actorFromBearer(`Bearer ${await accessTokenOf(grant, { scope })}`, "read", pooled());
      return [...(actor?.scopes ?? [])];
    };
    expect(await scopesOf("tasks:read tasks:write")).toEqual(["tasks:read", "tasks:write"]);
    expect(await scopesOf("tasks:read tasks:delete admin account")).toEqual(["tasks:read"]);
    expect(await scopesOf("tasks:delete")).toEqual([]);
    expect(await scopesOf("")).toEqual([]);
    await run("UPDATE grants SET scopes = '{tasks:write}' WHERE id = $1", [grant.id]);
    expect(await scopesOf("tasks:read tasks:write")).toEqual(["tasks:write"]);
    await run("UPDATE grants SET scopes = approved WHERE id = $1", [grant.id]);
  });

  test("a token remembered as good is asked of its row at every call", async () => {
    const connection = await connect();
    for (let n = 0; n < 3; n++) expect(await callWith(connection.tokens.access_token)).toBe(200);
    await run("UPDATE grants SET ended_at = now(), ended_by = 'person' WHERE id = $1", [connection.grantId]);
    expect(await callWith(connection.tokens.access_token)).toBe(401);
    await run("UPDATE grants SET ended_at = NULL, ended_by = NULL, paused_at = now() WHERE id = $1", [
      connection.grantId,
    ]);
    expect(await callWith(connection.tokens.access_token)).toBe(403);
  });
});
