import { describe, expect, test } from "vitest";
import { send } from "#testing/loopback.ts";
import { discover } from "#testing/oauth.ts";
import { applySettings } from "#testing/settings.ts";

applySettings({ CORS_ORIGINS: "https://inspector.example" });

const metadata = "/.well-known/oauth-authorization-server";
const documents = [metadata, "/.well-known/openid-configuration", "/.well-known/jwks.json"];
const resourceDocuments = ["/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp"];
const ours = "http://localhost:3000";

describe("authorization server metadata (RFC 8414)", () => {
  test("says exactly what the server does (security OA-01, requirements M-20)", async () => {
    const { mtls_endpoint_aliases: _, ...document } = await discover();
    expect(document).toEqual({
      issuer: ours,
      authorization_endpoint: `${ours}/oauth/authorize`,
      token_endpoint: `${ours}/oauth/token`,
      registration_endpoint: `${ours}/oauth/register`,
      revocation_endpoint: `${ours}/oauth/revoke`,
      introspection_endpoint: `${ours}/oauth/introspect`,
      jwks_uri: `${ours}/.well-known/jwks.json`,
      response_types_supported: ["code"],
      response_modes_supported: ["query"],
      grant_types_supported: ["authorization_code", "refresh_token"],
      code_challenge_methods_supported: ["S256"],
      token_endpoint_auth_methods_supported: ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"],
      token_endpoint_auth_signing_alg_values_supported: ["RS256", "PS256", "ES256", "Ed25519", "EdDSA"],
      scopes_supported: [
        "openid",
        "profile",
        "email",
        "offline_access",
        "tasks:read",
        "tasks:write",
        "tasks:delete",
        "notifications:read",
      ],
      authorization_response_iss_parameter_supported: true,
      client_id_metadata_document_supported: true,
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
      claims_supported: ["sub", "name", "email", "email_verified", "sid", "auth_time", "iss"],
      claim_types_supported: ["normal"],
      claims_parameter_supported: false,
      request_uri_parameter_supported: false,
    });
  });

  test("is the same document for clients that look where OpenID keeps it", async () => {
    const [oauth, openid] = await Promise.all(documents.map(async (path) => (await send(path)).text()));
    expect(openid).toBe(oauth);
  });

  test("names no address that does not answer (requirements M-20)", async () => {
    const document = await discover();
    const addresses = Object.values(document).filter(
      (value): value is string => typeof value === "string" && value.startsWith(`${ours}/`),
    );
    expect(addresses).toHaveLength(6);
    for (const address of addresses) {
      const { pathname } = new URL(address);
      expect([404, 500, 501]).not.toContain((await send(pathname)).status);
    }
  });

  const forged = {
    Host: "evil.example",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Port": "6666",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Server": "evil.example",
    "X-Original-URL": "/evil",
    "X-Rewrite-URL": "/evil",
    Forwarded: "host=evil.example;proto=gopher",
  };
  test.each([...documents, ...resourceDocuments])(
    "nothing a request claims about the server reaches %s",
    async (path) => {
      const plain = await (await send(path)).text();
      for (const [name, value] of Object.entries(forged)) {
        const answer = await send(path, { headers: { [name]: value } });
        expect([name, await answer.text()]).toEqual([name, plain]);
      }
      const all = await send(path, { headers: forged });
      expect(all.status).toBe(200);
      expect(await all.text()).toBe(plain);
    },
  );

  test("nor where a request for authorization is sent on to", async () => {
    const answer = await send("/oauth/authorize?client_id=nobody", { headers: { ...forged, Accept: "text/html" } });
    expect(answer.status).toBe(400);
    expect(answer.headers.get("location")).toBeNull();
    expect(await answer.text()).not.toContain("evil");
  });

  test.each([...documents, ...resourceDocuments])("HEAD %s is GET without the body", async (path) => {
    const [head, get] = await Promise.all([send(path, { method: "HEAD" }), send(path)]);
    expect(head.status).toBe(200);
    expect(await head.text()).toBe("");
    expect(head.headers.get("content-type")).toBe(get.headers.get("content-type"));
    expect(get.headers.get("content-type")).toMatch(/^application\/(json|jwk-set\+json)/);
    expect(get.headers.get("cache-control")).toMatch(/^public, max-age=\d+$/);
  });
});

const hostile = [
  "https://evil.example",
  "null",
  "https://inspector.example.evil.example",
  "https://xinspector.example",
  "http://inspector.example",
  "https://inspector.example:8443",
  "https://INSPECTOR.example",
  "*",
];

describe("cross-origin reads", () => {
  const readable = [
    ...[...documents, ...resourceDocuments].map((path) => [path, "GET"] as const),
    ...["/oauth/token", "/oauth/register", "/oauth/revoke", "/oauth/introspect"].map((path) => [path, "POST"] as const),
  ];

  test.each(readable)(
    "%s is read by a listed origin and by no other, never with credentials (security WB-05)",
    async (path, method) => {
      for (const verb of [method, "OPTIONS"]) {
        const preflight = verb === "OPTIONS" ? { "Access-Control-Request-Method": method } : {};
        const listed = await send(path, {
          method: verb,
          headers: { Origin: "https://inspector.example", ...preflight },
        });
        expect(listed.headers.get("access-control-allow-origin")).toBe("https://inspector.example");
        expect(listed.headers.get("access-control-allow-credentials")).toBeNull();
        expect(listed.headers.get("vary")).toMatch(/origin/i);
        for (const origin of [...hostile, undefined]) {
          const answer = await send(path, {
            method: verb,
            headers: { ...(origin ? { Origin: origin } : {}), ...preflight },
          });
          expect([origin, answer.headers.get("access-control-allow-origin")]).toEqual([origin, null]);
          expect(answer.status).toBeLessThan(500);
        }
      }
    },
  );

  test("a page that is asked for approval is nobody's to read from elsewhere", async () => {
    for (const origin of ["https://inspector.example", ...hostile]) {
      const answer = await send("/oauth/authorize?client_id=x", { headers: { Origin: origin } });
      expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    }
  });
});

test("there is no second door, and no address answers to another method", async () => {
  for (const path of [
    "/oauth",
    "/oauth/",
    "/oauth/par",
    "/oauth/device",
    "/oauth/userinfo",
    "/oauth/register/some-client",
    "/oauth/token/",
    "/oauth//token",
    "/oauth/Token",
    "/oauth/%74oken",
    "/oauth/authorize/a/b",
    "/oauth/authorize/../token",
    "/session/end",
    "/session/end/confirm",
    "/request",
    "/me",
    "/reg",
    "/interaction/x",
    "/.well-known/openid-credential-issuer",
  ])
    for (const method of ["GET", "POST"]) expect([path, (await send(path, { method })).status]).toEqual([path, 404]);
  for (const [path, method] of [
    ["/oauth/token", "GET"],
    ["/oauth/register", "GET"],
    ["/oauth/register", "PUT"],
    ["/oauth/register", "DELETE"],
    ["/oauth/revoke", "GET"],
    ["/oauth/introspect", "HEAD"],
    ["/oauth/authorize", "POST"],
    [metadata, "POST"],
    [metadata, "PATCH"],
  ] as const) {
    const answer = await send(path, { method });
    expect([path, method, answer.status]).toEqual([path, method, 405]);
    expect(answer.headers.get("allow")).toMatch(/^(GET|POST)$/);
  }
});
