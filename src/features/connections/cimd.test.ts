import { subscribe } from "node:diagnostics_channel";
import https from "node:https";
import net, { type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import tls from "node:tls";
import { type CryptoKey, exportJWK, generateKeyPair } from "jose";
import * as oauth from "oauth4webapi";
import { afterAll, describe, expect, test, vi } from "vitest";
import { selfSigned } from "#testing/certificate.ts";
import { newAddress } from "#testing/loopback.ts";
import {
  approve,
  authorize,
  authorizePath,
  type Client,
  callWith,
  discover,
  exchange,
  newBrowser,
  newPkce,
  obtainCode,
  overLoopback,
  pending,
  redirectUri,
  refresh,
  register,
  requestOf,
  tokensOf,
} from "#testing/oauth.ts";
import { applySettings } from "#testing/settings.ts";

// Client documents (draft-ietf-oauth-client-id-metadata-document): a client_id that is the address of what it says of itself.

/** Where names lead, for this file; the product asks `node:dns` between name and connection. */
const names: Record<string, string[]> = {
  localhost: ["127.0.0.1"],
  "localhost.": ["127.0.0.1", "::1"],
  "metadata.google.internal": ["169.254.169.254"],
  "rebound.example": ["127.0.0.1"],
  "mixed.example": ["93.184.216.34", "10.0.0.1"],
  "six.example": ["::1"],
  "mapped.example": ["::ffff:127.0.0.1"],
  "nat64.example": ["64:ff9b::7f00:1"],
  "unspecified.example": ["0.0.0.0"],
  "carrier.example": ["100.64.0.1"],
  "unique-local.example": ["fd12::1"],
  "link-local.example": ["fe80::1"],
};
vi.mock("node:dns", async (original) => {
  const real = await original<typeof import("node:dns")>();
  const lookup = (hostname: string, options: { all?: boolean }, done: (...given: unknown[]) => void) => {
    const found = names[hostname];
    if (!found) return done(Object.assign(new Error("no such name"), { code: "ENOTFOUND" }));
    return done(
      null,
      found.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      options,
    );
  };
  return { ...real, lookup };
});

type Page = (request: { client_id: string; count: number }) => {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
};
const pages = new Map<string, Page>();
const counts = new Map<string, number>();
const stalled = new Set<NodeJS.Timeout>();

const { key, cert } = selfSigned("localhost");
tls.setDefaultCACertificates([...tls.getCACertificates("default"), cert]);
const server = https.createServer({ key, cert }, (request, response) => {
  const path = request.url ?? "";
  const count = (counts.get(path) ?? 0) + 1;
  counts.set(path, count);
  if (path === "/drip") {
    response.writeHead(200, { "Content-Type": "application/json" });
    const drip = setInterval(() => response.write(" "), 100);
    stalled.add(drip);
    response.on("close", () => clearInterval(drip));
    return;
  }
  if (path === "/silent") return;
  const {
    status = 200,
    headers = {},
    body,
  } = pages.get(path)?.({ client_id: `${host}${path}`, count }) ?? { status: 404 };
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body ?? {}));
});
const listening = (one: net.Server) =>
  new Promise<number>((resolve) => {
    one.listen(0, "127.0.0.1", () => resolve((one.address() as AddressInfo).port));
  });
const port = await listening(server);
const host = `https://localhost:${port}`;
applySettings({ PRIVATE_CLIENT_HOSTS: `localhost:${port}`, LIMIT_FACTOR: "1000" });

let touched = 0;
const canary = net.createServer((socket) => {
  touched++;
  socket.destroy();
});
const canaryPort = await listening(canary);
let connected = 0;
subscribe("undici:client:connected", (message) => {
  const { connectParams } = message as { connectParams: { host: string } };
  if (connectParams.host !== `localhost:${port}`) connected++;
});
/** Why those that were tried came to nothing: never because nobody was there. */
const reasons = new Set<string>();
subscribe("undici:client:connectError", (message) => {
  const { connectParams, error } = message as { connectParams: { host: string }; error: Error };
  if (connectParams.host !== `localhost:${port}`) reasons.add(error.message);
});
afterAll(() => {
  for (const drip of stalled) clearInterval(drip);
  server.closeAllConnections();
  server.close();
  canary.close();
});

/** Puts a document at a path of the other server; `changes` replace single members, undefined removes one. */
function publish(path: string, changes: Record<string, unknown> = {}): Client {
  pages.set(path, ({ client_id }) => ({
    body: {
      client_id,
      client_name: "Aide",
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: "none",
      ...changes,
    },
  }));
  return { client_id: `${host}${path}`, redirect_uris: (changes.redirect_uris as string[]) ?? [redirectUri] };
}

const browser = await newBrowser();

/** Refused on a page of ours, wherever it says that answers should go. */
async function expectRefused(client: Client): Promise<void> {
  const answer = await browser.get(authorizePath(requestOf(client, newPkce())), { Accept: "text/html" });
  expect([client.client_id, answer.status, answer.headers.get("location")]).toEqual([client.client_id, 400, null]);
  expect(answer.headers.get("content-type")).toMatch(/^text\/html/);
}

describe("a client that is the address of its document", () => {
  test("goes the whole way without registering, and is shown with its host", async () => {
    const client = publish("/client.json", { policy_uri: "https://app.example/privacy", scope: "tasks:read" });
    const { uid } = await authorize(browser, requestOf(client, newPkce()));
    expect((await pending(browser, uid)).client).toEqual({
      id: client.client_id,
      name: "Aide",
      host: `localhost:${port}`,
      trust: "domain",
      policyUri: "https://app.example/privacy",
      tosUri: null,
    });
    const tokens = await tokensOf(await exchange(await obtainCode(browser, client)));
    expect(await callWith(tokens.access_token)).toBe(200);
    const renewed = await tokensOf(await refresh(client, tokens.refresh_token));
    expect(await callWith(renewed.access_token)).toBe(200);
  });

  test("with a key, in the document or beside it, signs for itself (as ChatGPT does)", async () => {
    const pair = await generateKeyPair("ES256", { extractable: true });
    const jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: "k", alg: "ES256", use: "sig" }] };
    pages.set("/jwks.json", () => ({ body: jwks }));
    const signing = { token_endpoint_auth_method: "private_key_jwt", token_endpoint_auth_signing_alg: "ES256" };
    const authorizationServer = await discover();
    for (const client of [
      publish("/inline.json", { ...signing, jwks }),
      publish("/beside.json", { ...signing, jwks_uri: `${host}/jwks.json` }),
    ]) {
      const self: oauth.Client = { client_id: client.client_id };
      const pkce = newPkce();
      const { uid } = await authorize(browser, requestOf(client, pkce));
      const parameters = oauth.validateAuthResponse(authorizationServer, self, await approve(browser, uid), "a state");
      const authentication = oauth.PrivateKeyJwt({ key: pair.privateKey as CryptoKey, kid: "k" });
      const answer = await oauth.authorizationCodeGrantRequest(
        authorizationServer,
        self,
        authentication,
        parameters,
        redirectUri,
        pkce.verifier,
        overLoopback,
      );
      await oauth.processAuthorizationCodeResponse(authorizationServer, self, answer);
      const unsigned = await exchange(await obtainCode(browser, client));
      expect(unsigned.status).toBe(401);
    }
  });

  test("is redirected to what the document lists, and nowhere else", async () => {
    const client = publish("/listed.json", { redirect_uris: [redirectUri, "http://127.0.0.1/callback"] });
    for (const redirect_uri of ["https://evil.example/", `${redirectUri}/`, host, "http://127.0.0.2/callback"])
      await expectRefused({ ...client, redirect_uris: [redirect_uri] });
    for (const redirect_uri of [redirectUri, "http://127.0.0.1:49152/callback"])
      expect((await authorize(browser, requestOf(client, newPkce(), { redirect_uri }))).uid).not.toBe("");
  });

  test("asked for by many at once is fetched once (security OA-20)", async () => {
    const client = publish("/popular.json");
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => browser.get(authorizePath(requestOf(client, newPkce())))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]));
    expect(counts.get("/popular.json")).toBe(1);
  });

  test("that was away is asked again: a failure is not kept", async () => {
    const client = publish("/flaky.json");
    const sound = pages.get("/flaky.json") as Page;
    // The library looks once more before it answers.
    pages.set("/flaky.json", (request) => (request.count <= 2 ? { status: 503 } : sound(request)));
    await expectRefused(client);
    expect((await authorize(browser, requestOf(client, newPkce()))).uid).not.toBe("");
  });

  test("known to us is not fetched at all (Claude, Claude Code on any port)", async () => {
    const claude = {
      client_id: "https://claude.ai/oauth/mcp-oauth-client-metadata",
      redirect_uris: ["https://claude.ai/api/mcp/auth_callback"],
    };
    const code = {
      client_id: "https://claude.ai/oauth/claude-code-client-metadata",
      redirect_uris: ["http://localhost:49152/callback"],
    };
    for (const client of [claude, code]) await tokensOf(await exchange(await obtainCode(browser, client)));
    await expectRefused({ ...claude, redirect_uris: code.redirect_uris });
    await expectRefused({ ...code, redirect_uris: ["http://localhost:49152/callback/x"] });
  });
});

describe("a document that is not to be believed (security OA-19)", () => {
  const key64 = "A".repeat(43);
  test.each<[string, Record<string, unknown>]>([
    ["names another client", { client_id: "https://claude.ai/oauth/mcp-oauth-client-metadata" }],
    ["names itself in another spelling", { client_id: `${host}/X` }],
    ["names nobody", { client_id: undefined }],
    ["names a list", { client_id: [`${host}/x`] }],
    ["has a shared secret", { token_endpoint_auth_method: "client_secret_basic" }],
    ["has one in the body", { token_endpoint_auth_method: "client_secret_post" }],
    ["has a secret within", { client_secret: "x" }],
    ["has a secret that ends", { client_secret_expires_at: 0 }],
    [
      "has a private key",
      {
        token_endpoint_auth_method: "private_key_jwt",
        jwks: { keys: [{ kty: "EC", crv: "P-256", x: key64, y: key64, d: key64 }] },
      },
    ],
    ["signs without a key", { token_endpoint_auth_method: "private_key_jwt" }],
    ["has no redirects", { redirect_uris: undefined }],
    ["has an empty list of them", { redirect_uris: [] }],
    ["has eleven of them", { redirect_uris: Array.from({ length: 11 }, (_, n) => `${redirectUri}/${n}`) }],
    ["redirects to what runs", { redirect_uris: [redirectUri, "javascript:alert(1)"] }],
    ["redirects in the clear", { redirect_uris: [redirectUri, "http://app.example/"] }],
    ["has an address that runs", { client_uri: "javascript:alert(1)" }],
    ["has a logo in the clear", { logo_uri: "http://app.example/logo.png" }],
    ["has a name without end", { client_name: "a".repeat(256) }],
    ["has no response type of ours", { response_types: ["token"] }],
    ["is nested without end", { x: JSON.parse(`${"[".repeat(2000)}${"]".repeat(2000)}`) }],
    ["is too large", { x: "x".repeat(5200) }],
  ])("one that %s", async (name, changes) => {
    const client = publish(`/${name.replaceAll(" ", "-")}`, changes);
    const isPassed = name === "is nested without end";
    // What is not known is not read, however it looks.
    if (isPassed) expect((await authorize(browser, requestOf(client, newPkce()))).uid).not.toBe("");
    else await expectRefused({ ...client, redirect_uris: [redirectUri] });
  });

  test.each<[string, ReturnType<Page>]>([
    ["/moved", { status: 302, headers: { Location: `${host}/client.json` } }],
    ["/moved-for-good", { status: 301, headers: { Location: `${host}/client.json` } }],
    ["/moved-kept", { status: 307, headers: { Location: `http://127.0.0.1:${canaryPort}/` } }],
    ["/empty", { status: 200, body: "" }],
    ["/no-content", { status: 204 }],
    ["/partial", { status: 206, body: "{}" }],
    ["/created", { status: 201, body: "{}" }],
    ["/forbidden", { status: 403 }],
    ["/broken", { status: 500 }],
    ["/page", { headers: { "Content-Type": "text/html" }, body: "<!doctype html><title>x</title>" }],
    ["/list", { body: [] }],
    ["/null", { body: "null" }],
    ["/word", { body: '"x"' }],
    ["/half", { body: '{"client_id":' }],
  ])("%s is no document", async (path, page) => {
    pages.set(path, () => page);
    await expectRefused({ client_id: `${host}${path}`, redirect_uris: [redirectUri] });
  });

  test.each(["/drip", "/silent"])("%s: who does not come to an end is left", async (path) => {
    await expectRefused({ client_id: `${host}${path}`, redirect_uris: [redirectUri] });
  });
});

describe("an address that leads inside (security OA-19)", () => {
  const inside = [
    "https://127.0.0.1/c",
    "https://127.1/c",
    "https://127.0.1/c",
    "https://127.255.255.254/c",
    "https://0x7f000001/c",
    "https://0x7f.0.0.1/c",
    "https://0177.0.0.1/c",
    "https://017700000001/c",
    "https://2130706433/c",
    "https://0/c",
    "https://0.0.0.0/c",
    "https://[::]/c",
    "https://[::1]/c",
    "https://[0:0:0:0:0:0:0:1]/c",
    "https://[::ffff:127.0.0.1]/c",
    "https://[::ffff:7f00:1]/c",
    "https://[0:0:0:0:0:ffff:7f00:1]/c",
    "https://[::127.0.0.1]/c",
    "https://[64:ff9b::7f00:1]/c",
    "https://[2002:7f00:1::]/c",
    "https://[fe80::1]/c",
    "https://[fc00::1]/c",
    "https://[fd12:3456::1]/c",
    "https://[ff02::1]/c",
    "https://10.0.0.1/c",
    "https://172.16.0.1/c",
    "https://172.31.255.255/c",
    "https://192.168.0.1/c",
    "https://169.254.169.254/latest/meta-data",
    "https://100.64.0.1/c",
    "https://198.18.0.1/c",
    "https://224.0.0.1/c",
    "https://255.255.255.255/c",
    "https://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/c",
    "https://127\u30020\u30020\u30021/c",
    "https://%31%32%37.0.0.1/c",
    "https://127.0.0.1./c",
    "https://localhost/c",
    "https://LOCALHOST/c",
    "https://localhost./c",
    ...Object.keys(names).map((name) => `https://${name}/c`),
    `https://127.0.0.1:${canaryPort}/c`,
    `https://localhost:${canaryPort}/c`,
    `https://[::1]:${canaryPort}/c`,
    `https://rebound.example:${canaryPort}/c`,
    `http://127.0.0.1:${canaryPort}/c`,
    `http://localhost:${canaryPort}/c`,
    `http://localhost:${port}/client.json`,
    `https://user@localhost:${port}/client.json`,
    `https://user:word@localhost:${port}/client.json`,
    `https://localhost:${port}@127.0.0.1:${canaryPort}/c`,
    `https://localhost:${port}/client.json#x`,
    `https://localhost:${port}/x/../client.json`,
    `https://localhost:${port}/x/%2e%2e/client.json`,
    `https://localhost:${port}/./client.json`,
    `https://localhost:${port}\\client.json`,
    ` https://localhost:${port}/client.json`,
    `https://localhost:${port}/client.json\n`,
    `https:localhost:${port}/client.json`,
    `https://localhost.:${port}/client.json`,
    `https://127.0.0.1:${port}/client.json`,
    `${host}/${"x".repeat(300)}`,
    `ftp://localhost:${canaryPort}/c`,
    `file:///etc/passwd`,
    `data:application/json,{}`,
    `unix:/var/run/docker.sock`,
  ];

  test(`none of ${inside.length} spellings opens a connection`, async () => {
    const asked = () => [...counts.values()].reduce((sum, n) => sum + n, 0);
    const before = asked();
    for (const client_id of inside) await expectRefused({ client_id, redirect_uris: [redirectUri] });
    await sleep(50);
    expect([asked(), connected, touched]).toEqual([before, 0, 0]);
    expect([...reasons]).toEqual(["This host is not in the public internet"]);
  });

  test("nor does a key that a document or a registration names", async () => {
    const signing = { token_endpoint_auth_method: "private_key_jwt", token_endpoint_auth_signing_alg: "RS256" };
    for (const jwks_uri of [
      `https://127.0.0.1:${canaryPort}/jwks`,
      "https://rebound.example/jwks",
      "https://[::1]/jwks",
    ]) {
      const client = await register({ ...signing, jwks_uri });
      const pair = await generateKeyPair("RS256");
      const authorizationServer = await discover();
      const answer = await oauth.introspectionRequest(
        authorizationServer,
        { client_id: client.client_id },
        oauth.PrivateKeyJwt(pair.privateKey),
        "x",
        overLoopback,
      );
      expect([jwks_uri, [400, 401].includes(answer.status)]).toEqual([jwks_uri, true]);
    }
    expect([connected, touched]).toEqual([0, 0]);
    expect([...reasons]).toEqual(["This host is not in the public internet"]);
  });
});

test.each([
  ["one address", newAddress(), false],
  ["one network, which is one customer", "2001:db8:5:1::", true],
])("twenty documents in a minute for %s, then it waits (design §12)", async (_, from, isNetwork) => {
  const known = publish("/known.json");
  const sound = pages.get("/known.json") as Page;
  pages.set("/known.json", (request) => ({ ...sound(request), headers: { "Cache-Control": "max-age=3600" } }));
  expect((await authorize(browser, requestOf(known, newPkce()))).uid).not.toBe("");
  const headers = (n: number) => ({ "X-Forwarded-For": isNetwork ? `${from}${n + 1}` : from, Accept: "text/html" });
  let fetched = 0;
  const ask = () =>
    browser.get(authorizePath(requestOf(publish(`/many-${isNetwork}-${fetched}`), newPkce())), headers(fetched));
  let answer = await ask();
  for (; answer.status === 303 && fetched < 30; fetched++) answer = await ask();
  expect([20, 21, 22]).toContain(fetched);
  expect([answer.status, answer.headers.get("location")]).toEqual([429, null]);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  // What is known already needs no fetch.
  const again = await browser.get(authorizePath(requestOf(known, newPkce())), headers(fetched));
  expect(again.status).toBe(303);
});
