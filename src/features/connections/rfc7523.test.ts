import { createHash, randomUUID } from "node:crypto";
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from "jose";
import * as oauth from "oauth4webapi";
import { describe, expect, test } from "vitest";
import { accessTokenOf, makeGrant } from "#testing/assistants.ts";
import { postForm } from "#testing/loopback.ts";
import {
  approve,
  authorize,
  type Client,
  discover,
  exchange,
  newBrowser,
  newPkce,
  obtainCode,
  overLoopback,
  redirectUri,
  refusalOf,
  register,
  requestOf,
  tokensOf,
} from "#testing/oauth.ts";

const browser = await newBrowser();
const server = await discover();
const issuer = "http://localhost:3000";

/** A code, exchanged by the official client with the given way to say who it is. */
async function officially(client: Client, authentication: oauth.ClientAuth): Promise<oauth.TokenEndpointResponse> {
  const pkce = newPkce();
  const self: oauth.Client = { client_id: client.client_id };
  const { uid } = await authorize(browser, requestOf(client, pkce));
  const parameters = oauth.validateAuthResponse(server, self, await approve(browser, uid), "a state");
  const answer = await oauth.authorizationCodeGrantRequest(
    server,
    self,
    authentication,
    parameters,
    redirectUri,
    pkce.verifier,
    overLoopback,
  );
  return await oauth.processAuthorizationCodeResponse(server, self, answer);
}

describe("a client says who it is (RFC 6749 §2.3, requirements +03)", () => {
  test("by nothing, by header, in the body: as it registered", async () => {
    const secretOf = (client: Client) => String(client.client_secret);
    const none = await register();
    expect((await officially(none, oauth.None())).token_type).toBe("bearer");
    const basic = await register({ token_endpoint_auth_method: "client_secret_basic" });
    expect((await officially(basic, oauth.ClientSecretBasic(secretOf(basic)))).token_type).toBe("bearer");
    const post = await register({ token_endpoint_auth_method: "client_secret_post" });
    expect((await officially(post, oauth.ClientSecretPost(secretOf(post)))).token_type).toBe("bearer");
  });

  const basicOf = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;

  test("in a header whose parts are percent-encoded (§2.3.1)", async () => {
    const client = await register({ token_endpoint_auth_method: "client_secret_basic" });
    const encoded = [...client.client_id].map((c) => `%${c.charCodeAt(0).toString(16)}`).join("");
    const code = await obtainCode(browser, client);
    const bare = { client_id: undefined, client_secret: undefined };
    const authorization = basicOf(encoded, encodeURIComponent(String(client.client_secret)));
    await tokensOf(await exchange(code, bare, { Authorization: authorization }));
  });

  test("a wrong secret, none, or another client's: 401 with a challenge, and the code is not spent", async () => {
    const client = await register({ token_endpoint_auth_method: "client_secret_basic" });
    const other = await register({ token_endpoint_auth_method: "client_secret_basic" });
    const code = await obtainCode(browser, client);
    const bare = { client_id: undefined, client_secret: undefined };
    const secret = String(client.client_secret);
    const hash = createHash("sha256").update(secret).digest("base64url");
    for (const wrong of [`${secret}x`, secret.slice(1), secret.toUpperCase(), String(other.client_secret), hash, "x"]) {
      const answer = await exchange(code, bare, { Authorization: basicOf(client.client_id, wrong) });
      expect(answer.headers.get("www-authenticate")).toMatch(/^Basic realm="http:\/\/localhost:3000"/);
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(await refusalOf(answer)).toEqual([401, "invalid_client"]);
    }
    const anonymous = await exchange(code, { client_secret: undefined });
    expect(await refusalOf(anonymous)).toEqual([401, "invalid_client"]);
    for (const header of ["Basic", "Basic !", `Basic ${Buffer.from("nothing").toString("base64")}`, "Bearer x", "x"]) {
      const answer = await exchange(code, bare, { Authorization: header });
      expect([header, answer.status < 500, answer.status >= 400]).toEqual([header, true, true]);
    }
    await tokensOf(await exchange(code, bare, { Authorization: basicOf(client.client_id, secret) }));
  });

  test("a public client has no secret to send (requirements +03)", async () => {
    const client = await register();
    const code = await obtainCode(browser, client);
    expect(await refusalOf(await exchange(code, { client_secret: "x" }))).toEqual([401, "invalid_client"]);
    const header = { Authorization: basicOf(client.client_id, "x") };
    expect(await refusalOf(await exchange(code, { client_id: undefined }, header))).toEqual([401, "invalid_client"]);
    await tokensOf(await exchange(code));
  });

  test("two ways at once are no request, nor two ids", async () => {
    const client = await register({ token_endpoint_auth_method: "client_secret_post" });
    const code = await obtainCode(browser, client);
    const header = { Authorization: basicOf(client.client_id, String(client.client_secret)) };
    expect(await refusalOf(await exchange(code, {}, header))).toEqual([400, "invalid_request"]);
    const assertion = { client_assertion: "x.y.z", client_assertion_type: assertionType };
    expect(await refusalOf(await exchange(code, assertion))).toEqual([400, "invalid_request"]);
    const foreign = await exchange(code, { client_id: "another", client_secret: undefined }, header);
    expect(await refusalOf(foreign)).toEqual([400, "invalid_request"]);
    await tokensOf(await exchange(code));
  });
});

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

async function keyed(alg: "RS256" | "ES256"): Promise<{ client: Client; key: CryptoKey; kid: string }> {
  const pair = await generateKeyPair(alg, { extractable: true });
  const kid = randomUUID();
  const jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid, alg, use: "sig" }] };
  const client = await register({ token_endpoint_auth_method: "private_key_jwt", jwks });
  return { client, key: pair.privateKey, kid };
}

type Claims = Record<string, unknown>;
async function assertionOf(
  { client, key, kid }: { client: Client; key: CryptoKey; kid: string },
  changes: Claims = {},
  header: Record<string, unknown> = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const { client_id } = client;
  const claims = {
    iss: client_id,
    sub: client_id,
    aud: issuer,
    jti: randomUUID(),
    iat: now,
    exp: now + 60,
    ...changes,
  };
  const alg = key.algorithm.name === "ECDSA" ? "ES256" : "RS256";
  return await new SignJWT(Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined)))
    .setProtectedHeader({ alg, kid, ...header })
    .sign(key);
}

const introspect = (assertion: string, fields: Record<string, string> = {}) =>
  postForm("/oauth/introspect", {
    token: "x",
    client_assertion: assertion,
    client_assertion_type: assertionType,
    ...fields,
  });

describe("private_key_jwt (RFC 7523 §3)", () => {
  test.each(["RS256", "ES256"] as const)("an official client signs with %s", async (alg) => {
    const { client, key, kid } = await keyed(alg);
    const tokens = await officially(client, oauth.PrivateKeyJwt({ key, kid }));
    expect(tokens.access_token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  });

  test("the audience is the issuer or the address it is sent to, and nothing else", async () => {
    const signer = await keyed("ES256");
    for (const aud of [issuer, `${issuer}/oauth/token`, `${issuer}/oauth/introspect`, [issuer, "https://x.example"]])
      expect([aud, (await introspect(await assertionOf(signer, { aud }))).status]).toEqual([aud, 200]);
    for (const aud of ["https://evil.example", `${issuer}/`, `${issuer}/mcp`, [], "", undefined, ["https://x.example"]])
      expect([aud, (await introspect(await assertionOf(signer, { aud }))).status]).toEqual([aud, 401]);
  });

  const past = Math.floor(Date.now() / 1000) - 120;
  test.each<[string, Claims]>([
    ["expired", { exp: past }],
    ["without an end", { exp: undefined }],
    ["not yet good", { nbf: past + 3600 }],
    ["without a jti", { jti: undefined }],
    ["without an issuer", { iss: undefined }],
    ["without a subject", { sub: undefined }],
    ["issued by another", { iss: "another" }],
    ["about nobody known", { sub: "nobody", iss: "nobody" }],
    ["about somebody out of a prototype", { sub: "__proto__", iss: "__proto__" }],
    ["about a list", { sub: ["x"] }],
  ])("one that is %s is refused", async (_, changes) => {
    const answer = await introspect(await assertionOf(await keyed("ES256"), changes));
    expect([400, 401]).toContain(answer.status);
    expect(["invalid_client", "invalid_request"]).toContain(((await answer.json()) as { error: string }).error);
  });

  test("one signed by another's key, by none, or with a shared secret is refused", async () => {
    const [signer, other] = [await keyed("ES256"), await keyed("ES256")];
    const [, payload = ""] = (await assertionOf(signer)).split(".");
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    for (const forged of [
      await assertionOf({ ...signer, key: other.key }),
      await assertionOf({ ...signer, ...other, client: signer.client }),
      `${part({ alg: "none" })}.${payload}.`,
      `${part({ alg: "HS256", kid: signer.kid })}.${payload}.${part("x")}`,
      `${part({ alg: "ES256", kid: signer.kid })}.${payload}.`,
      "x",
      "x.y.z",
      "",
      "a".repeat(50_000),
      await accessTokenOf(await makeGrant(browser.person, { clientId: signer.client.client_id })),
    ]) {
      const answer = await introspect(forged, { client_id: signer.client.client_id });
      expect([forged.slice(0, 40), answer.status === 400 || answer.status === 401]).toEqual([
        forged.slice(0, 40),
        true,
      ]);
    }
  });

  test("one counts once: of two at the same time, one is let in", async () => {
    const signer = await keyed("RS256");
    for (let round = 0; round < 5; round++) {
      const assertion = await assertionOf(signer);
      const statuses = await Promise.all([introspect(assertion), introspect(assertion)]).then((answers) =>
        answers.map(({ status }) => status).sort(),
      );
      expect(statuses).toEqual([200, 401]);
      expect((await introspect(assertion)).status).toBe(401);
    }
  });

  test("of twenty at the same time, one gets tokens for the code, and no answer is a fault", async () => {
    const signer = await keyed("ES256");
    const code = await obtainCode(browser, signer.client);
    const assertion = await assertionOf(signer);
    const fields = { client_id: undefined, client_assertion: assertion, client_assertion_type: assertionType };
    const answers = await Promise.all(Array.from({ length: 20 }, () => exchange(code, fields)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(19);
  });

  test("a client with a key does without it nowhere", async () => {
    const { client } = await keyed("ES256");
    const code = await obtainCode(browser, client);
    expect(await refusalOf(await exchange(code))).toEqual([401, "invalid_client"]);
    expect(await refusalOf(await exchange(code, { client_secret: "x" }))).toEqual([401, "invalid_client"]);
  });
});
