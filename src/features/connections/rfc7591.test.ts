import * as oauth from "oauth4webapi";
import { describe, expect, test } from "vitest";
import { newAddress, postJson, send } from "#testing/loopback.ts";
import {
  authorize,
  authorizePath,
  connect,
  discover,
  newBrowser,
  newPkce,
  overLoopback,
  refresh,
  register,
  requestOf,
} from "#testing/oauth.ts";
import { run } from "#testing/rows.ts";

const callback = "https://app.example/callback";
const sound = { client_name: "Aide", redirect_uris: [callback] };

/** What a request for registration is refused with; nothing was kept. */
async function refusal(body: unknown, headers: Record<string, string> = {}): Promise<[number, unknown]> {
  const before = await clients();
  const answer = await postJson("/oauth/register", body, headers);
  const { error } = (await answer.json()) as { error?: unknown };
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(await clients()).toBe(before);
  return [answer.status, error];
}
const clients = async () =>
  (await run<{ n: number }>("SELECT count(*)::int AS n FROM oauth_records WHERE model = 'Client'"))[0]?.n;

describe("dynamic client registration (RFC 7591, requirements M-23)", () => {
  test("an official client registers itself", async () => {
    const server = await discover();
    const answer = await oauth.dynamicClientRegistrationRequest(server, sound, overLoopback);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const client = await oauth.processDynamicClientRegistrationResponse(answer);
    expect(client).toMatchObject({
      client_name: "Aide",
      redirect_uris: [callback],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    });
    expect(client.client_id.length).toBeGreaterThanOrEqual(22);
    expect(client.client_secret).toBeUndefined();
    expect(client.registration_access_token).toBeUndefined();
    expect(Math.abs(Number(client.client_id_issued_at) - Date.now() / 1000)).toBeLessThan(60);
  });

  test.each(["client_secret_basic", "client_secret_post"])("%s is given a secret of 256 bit", async (method) => {
    const client = await register({ token_endpoint_auth_method: method });
    expect(client.client_secret?.length).toBeGreaterThanOrEqual(43);
    expect(client).toMatchObject({ token_endpoint_auth_method: method, client_secret_expires_at: 0 });
  });

  test("ids and secrets are not given twice", async () => {
    const many = await Promise.all(
      Array.from({ length: 20 }, () => register({ token_endpoint_auth_method: "client_secret_post" })),
    );
    expect(new Set(many.map((client) => client.client_id)).size).toBe(20);
    expect(new Set(many.map((client) => client.client_secret)).size).toBe(20);
  });

  test("what a client may add, it is told back; what is not known here is left out", async () => {
    const client = await register({
      client_uri: "https://app.example/",
      policy_uri: "https://app.example/privacy",
      tos_uri: "https://app.example/terms",
      logo_uri: "https://app.example/logo.png",
      contacts: ["help@app.example"],
      scope: "tasks:read",
      software_id: "4NRB1-0XZABZI9E6-5SM3R",
      software_version: "2.1",
      application_type: "native",
      unheard_of: { x: 1 },
    });
    expect(client).toMatchObject({ tos_uri: "https://app.example/terms", application_type: "web" });
    for (const name of ["scope", "software_id", "unheard_of"]) expect(client).not.toHaveProperty(name);
  });

  test("of the grant types, those that exist here are kept: Claude asks for one more", async () => {
    const grant_types = ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:jwt-bearer"];
    expect(await register({ grant_types })).toMatchObject({ grant_types: ["authorization_code", "refresh_token"] });
  });

  test.each<[string, Record<string, unknown>]>([
    ["no redirect", { redirect_uris: undefined }],
    ["an empty list of redirects", { redirect_uris: [] }],
    ["a redirect that is no list", { redirect_uris: callback }],
    ["an object for a list", { redirect_uris: { 0: callback, length: 1 } }],
    ["more than ten redirects", { redirect_uris: Array.from({ length: 11 }, (_, n) => `${callback}/${n}`) }],
    ["only a grant type nobody knows", { grant_types: ["password"] }],
    ["implicit", { grant_types: ["implicit"], response_types: ["token"] }],
    ["grant types that are no list", { grant_types: "authorization_code" }],
    ["response type token", { response_types: ["token"] }],
    ["response type id_token", { response_types: ["code id_token"] }],
    ["no response type that exists", { response_types: ["x"] }],
    ["a method that does not exist", { token_endpoint_auth_method: "client_secret_jwt" }],
    ["mutual TLS", { token_endpoint_auth_method: "tls_client_auth" }],
    ["a method that is no text", { token_endpoint_auth_method: ["none"] }],
    ["private_key_jwt without a key", { token_endpoint_auth_method: "private_key_jwt" }],
    ["a private key", { token_endpoint_auth_method: "private_key_jwt", jwks: { keys: [{ kty: "EC", d: "x" }] } }],
    ["a symmetric key", { token_endpoint_auth_method: "private_key_jwt", jwks: { keys: [{ kty: "oct", k: "x" }] } }],
    ["keys that are none", { token_endpoint_auth_method: "private_key_jwt", jwks: { keys: "x" } }],
    ["a name longer than 255", { client_name: "a".repeat(256) }],
    ["a name that becomes longer than 255 when it is normalized", { client_name: "\u0958".repeat(200) }],
    ["a name that is no text", { client_name: { $ne: null } }],
    ["an address that runs", { client_uri: "javascript:alert(1)" }],
    ["terms that run", { tos_uri: "javascript:alert(1)" }],
    ["a policy that is no address", { policy_uri: "see below" }],
    ["a logo of data", { logo_uri: "data:image/svg+xml,<svg onload=alert(1)>" }],
    ["contacts that are no texts", { contacts: [{}] }],
    ["a character that cannot be stored", { contacts: ["\u0000"] }],
    ["half a character", { contacts: ["\ud800"] }],
  ])("%s is refused, and nothing is kept", async (_, change) => {
    const [status, error] = await refusal({ ...sound, ...change });
    expect(status).toBe(400);
    expect(["invalid_redirect_uri", "invalid_client_metadata", "invalid_request"]).toContain(error);
  });

  test("ten redirects are not too many, and one with a comma stays one (requirements M-24)", async () => {
    const redirect_uris = Array.from({ length: 10 }, (_, n) => `${callback}/${n},x`);
    expect((await register({ redirect_uris })).redirect_uris).toEqual(redirect_uris);
  });

  test.each<[string, unknown]>([
    ["nothing", ""],
    ["no JSON", "{"],
    ["a list", [sound]],
    ["null", "null"],
    ["a text", '"x"'],
    ["a number", "7"],
    ["more after the end", `${JSON.stringify(sound)}{}`],
    ["a list of lists, very deep", "[".repeat(8000)],
    ["an object very deep", `${'{"a":'.repeat(2700)}1${"}".repeat(2700)}`],
    [
      "a key very deep",
      `{"redirect_uris":["${callback}"],"jwks":{"keys":[{"kty":"RSA","n":"x","e":"x","x":${"[".repeat(7000)}${"]".repeat(7000)}}]}}`,
    ],
  ])("a body of %s is answered in kind", async (_, body) => {
    const [status, error] = await refusal(body);
    expect(status).toBe(400);
    expect(["invalid_request", "invalid_client_metadata", "invalid_redirect_uri"]).toContain(error);
  });

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/html",
    "application/xml",
  ])("a body of type %s is not read", async (type) => {
    expect(await refusal(JSON.stringify(sound), { "Content-Type": type })).toEqual([400, "invalid_request"]);
  });

  test("keys of an object's own making stay what they are: data (prototype keys)", async () => {
    for (const name of ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"]) {
      const body = `{"client_name":"Aide","redirect_uris":["${callback}"],"${name}":{"redirect_uris":["https://evil.example/"],"polluted":true}}`;
      const answer = await postJson("/oauth/register", body);
      expect([name, answer.status]).toEqual([name, 201]);
      expect(((await answer.json()) as { redirect_uris: string[] }).redirect_uris).toEqual([callback]);
    }
    expect(({} as { polluted?: true }).polluted).toBeUndefined();
    const hidden = `{"__proto__":{"redirect_uris":["javascript:alert(1)"]}}`;
    expect((await postJson("/oauth/register", hidden)).status).toBe(400);
  });

  test("of a member given twice one counts, and it is the one that was checked", async () => {
    const good = await postJson(
      "/oauth/register",
      `{"redirect_uris":["javascript:alert(1)"],"redirect_uris":["${callback}"]}`,
    );
    expect(((await good.json()) as { redirect_uris: string[] }).redirect_uris).toEqual([callback]);
    expect(await refusal(`{"redirect_uris":["${callback}"],"redirect_uris":["javascript:alert(1)"]}`)).toEqual([
      400,
      "invalid_redirect_uri",
    ]);
  });

  test("more than 16 kB is not read, whether it says so or not (security OA-18)", async () => {
    const large = JSON.stringify({ ...sound, contacts: ["x".repeat(16_384)] });
    for (const chunked of [false, true]) {
      const headers = { "Content-Type": "application/json" };
      const answer = await send("/oauth/register", { method: "POST", headers, body: large, chunked });
      expect([chunked, answer.status]).toEqual([chunked, 413]);
      expect(await answer.json()).toMatchObject({ error: "invalid_request" });
    }
    const small = JSON.stringify(sound);
    const headers = { "Content-Type": "application/json" };
    expect((await send("/oauth/register", { method: "POST", headers, body: small, chunked: true })).status).toBe(201);
  });

  test("a name is cleaned of what is not seen but changes what is, and is never markup (security OA-18)", async () => {
    const name = "Cl\u202eau\u200bde\u2066\u0007 \u00ad<b>\u{e0041}\u{1f600}</b>\n x";
    const answer = await postJson("/oauth/register", { ...sound, client_name: name });
    const client = (await answer.json()) as { client_name: string; client_id: string; redirect_uris: string[] };
    expect(client.client_name).toBe("Cl au de <b> \u{1f600}</b> x");
    // What a person sees in an error is text.
    const page = await (await newBrowser()).get(
      authorizePath(requestOf(client, newPkce(), { redirect_uri: '"><script>alert(1)</script>', state: "<b>" })),
      { Accept: "text/html" },
    );
    expect(page.status).toBe(400);
    expect(await page.text()).not.toMatch(/<script>|<b>/);
  });

  test("the 21st of one address within an hour waits (requirements +05)", async () => {
    const headers = { "X-Forwarded-For": newAddress() };
    for (let n = 0; n < 20; n++) expect((await postJson("/oauth/register", sound, headers)).status).toBe(201);
    const answer = await postJson("/oauth/register", sound, headers);
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await answer.json()).toMatchObject({ error: "temporarily_unavailable" });
    expect((await postJson("/oauth/register", sound)).status).toBe(201);
  });
});

describe("what is kept of a client", () => {
  test("its secret stands in no column of the database (requirements M-24)", async () => {
    const { client, tokens } = await connect({
      client: await register({ token_endpoint_auth_method: "client_secret_post" }),
    });
    const tables = await run<{ name: string }>("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'");
    expect(tables.length).toBeGreaterThan(10);
    for (const { name } of tables) {
      const [row] = await run<{ all: string | null }>(`SELECT string_agg(r::text, ' ') AS "all" FROM "${name}" r`);
      for (const secret of [String(client.client_secret), tokens.refresh_token, tokens.access_token])
        expect([name, row?.all?.includes(secret) ?? false]).toEqual([name, false]);
    }
  });

  test("one that nobody approved is gone after a day; one that was approved stays (security OA-18)", async () => {
    const browser = await newBrowser();
    const unused = await register();
    const { client: used, tokens } = await connect({ browser });
    await run("UPDATE oauth_records SET expires_at = expires_at - interval '24 hours' WHERE model = 'Client'");
    const { uid, answer } = await authorize(browser, requestOf(unused, newPkce()));
    expect([uid, answer.status, answer.headers.get("location")]).toEqual(["", 400, null]);
    expect((await authorize(browser, requestOf(used, newPkce()))).uid).not.toBe("");
    expect((await refresh(used, tokens.refresh_token)).status).toBe(200);
    // Whoever registers next takes the row along.
    await register();
    const rows = await run("SELECT FROM oauth_records WHERE model = 'Client' AND expires_at < now()");
    expect(rows).toEqual([]);
  });
});
