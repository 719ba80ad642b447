import { describe, expect, test } from "vitest";
import { postJson, send } from "#testing/loopback.ts";
import {
  authorize,
  authorizePath,
  exchange,
  newBrowser,
  newPkce,
  obtainCode,
  register,
  requestOf,
  tokensOf,
} from "#testing/oauth.ts";
import { nearMisses, registered, unregistrable } from "#testing/redirects.ts";
import { applySettings } from "#testing/settings.ts";

// Many requests of one browser; the limit itself is tried elsewhere.
applySettings({ LIMIT_FACTOR: "1000" });

const browser = await newBrowser();

/** A page of ours that says no: nothing leads anywhere from it. */
async function expectPage(path: string): Promise<void> {
  const answer = await browser.get(path, { Accept: "text/html" });
  expect([path, answer.status, answer.headers.get("location")]).toEqual([path, 400, null]);
  expect(answer.headers.get("content-type")).toMatch(/^text\/html/);
  expect(answer.headers.get("refresh")).toBeNull();
  expect(await answer.text()).not.toMatch(/http-equiv|<script|<form[^>]+action="(?!\/)/i);
}

describe("addresses a client may not register (security OA-04, requirements M-25)", () => {
  test.each(unregistrable.map((uri) => [JSON.stringify(uri).slice(0, 80), uri]))("%s", async (_, uri) => {
    for (const list of [[uri], ["https://app.example/callback", uri]]) {
      const answer = await postJson("/oauth/register", { redirect_uris: list });
      expect(answer.status).toBe(400);
      const { error } = (await answer.json()) as { error: string };
      expect(["invalid_redirect_uri", "invalid_client_metadata"]).toContain(error);
    }
  });
});

describe("an address that is not the registered one (security OA-03, RFC 9700 §2.1)", () => {
  test(`none of ${nearMisses.length} near misses is ever redirected to`, async () => {
    expect(nearMisses.length).toBeGreaterThanOrEqual(200);
    const client = await register({ redirect_uris: [registered] });
    for (const uri of nearMisses) await expectPage(authorizePath(requestOf(client, newPkce(), { redirect_uri: uri })));
    const { uid } = await authorize(browser, requestOf(client, newPkce()));
    expect(uid).not.toBe("");
  });

  test("nor is one when something else is wrong as well: the page comes first (requirements M-27)", async () => {
    const client = await register();
    for (const wrong of [
      { response_type: "token" },
      { response_type: "id_token" },
      { response_type: undefined },
      { response_mode: "form_post" },
      { response_mode: "fragment" },
      { scope: "no such scope" },
      { code_challenge: undefined },
      { code_challenge_method: "plain" },
      { prompt: "none" },
      { prompt: "no such prompt" },
      { request: "x.y.z" },
      { request_uri: "https://evil.example/request" },
      { resource: "https://evil.example/mcp" },
      { max_age: "-1" },
      { claims: "{" },
      { registration: "{}" },
      { id_token_hint: "x" },
    ])
      await expectPage(
        authorizePath(requestOf(client, newPkce(), { ...wrong, redirect_uri: "https://evil.example/" })),
      );
  });

  test("a request without one, or from nobody known, has no address to go to", async () => {
    const client = await register({ redirect_uris: [registered, "https://app.example/other"] });
    for (const one of [client, await register()])
      await expectPage(authorizePath(requestOf(one, newPkce(), { redirect_uri: undefined })));
    await expectPage(authorizePath(requestOf(client, newPkce(), { redirect_uri: "" })));
    await expectPage(authorizePath(requestOf(client, newPkce(), { client_id: undefined })));
    await expectPage(authorizePath(requestOf(client, newPkce(), { client_id: "nobody" })));
    await expectPage(authorizePath(requestOf(client, newPkce(), { client_id: "__proto__" })));
    const twice = requestOf(client, newPkce());
    await expectPage(authorizePath([...twice, ["redirect_uri", "https://evil.example/"]]));
    await expectPage(authorizePath([["redirect_uri", "https://evil.example/"], ...twice]));
    await expectPage(authorizePath([...twice, ["client_id", client.client_id]]));
  });
});

describe("programs on the person's own computer (RFC 8252)", () => {
  const loopback = ["http://localhost/callback", "http://127.0.0.1/callback", "http://[::1]/callback"];

  test.each(loopback)("%s may come on any port, and nothing else of it may differ (§7.3)", async (uri) => {
    const client = await register({ redirect_uris: [uri] });
    const at = (port: string) => uri.replace("/callback", `:${port}/callback`);
    for (const port of ["1", "80", "8080", "33418", "65535"]) {
      const { uid } = await authorize(browser, requestOf(client, newPkce(), { redirect_uri: at(port) }));
      expect([port, uid === ""]).toEqual([port, false]);
    }
    for (const port of ["x", "-1", "65536", "99999", "80x", " 80", "80 ", "8\t0", "80@evil.example", "80#", "80\\"])
      await expectPage(authorizePath(requestOf(client, newPkce(), { redirect_uri: at(port) })));
    for (const miss of [
      at("80").replace("http:", "https:"),
      `${at("80")}/`,
      `${at("80")}?x=1`,
      `${at("80")}#x`,
      at("80").replace("callback", "Callback"),
      at("80").replace("callback", "x/../callback"),
      at("80").replace("callback", "%63allback"),
      uri.replace(/\/\/[^/]+/, "//evil.example:80"),
      uri.replace(/\/\/([^/]+)/, "//user@$1:80"),
      uri.replace(/\/\/([^/]+)/, "//$1:80@evil.example"),
      uri.replace(/\/\/([^/]+)/, "//$1.evil.example:80"),
      uri.replace(/\/\/[^/]+/, "//127.1:80"),
      uri.replace(/\/\/[^/]+/, "//2130706433:80"),
      uri.replace(/\/\/[^/]+/, "//[::ffff:127.0.0.1]:80"),
      uri.replace(/\/\/[^/]+/, "//LOCALHOST:80"),
      ...loopback.filter((other) => other !== uri).map((other) => other.replace("/callback", ":80/callback")),
    ])
      await expectPage(authorizePath(requestOf(client, newPkce(), { redirect_uri: miss })));
  });

  test("the code goes to the very port that was asked for, and is given only for it", async () => {
    const client = await register({ redirect_uris: ["http://127.0.0.1/callback"] });
    const asked = { redirect_uri: "http://127.0.0.1:49152/callback" };
    const code = await obtainCode(browser, client, asked);
    expect(code.callback.host).toBe("127.0.0.1:49152");
    expect((await exchange(code, { redirect_uri: "http://127.0.0.1:49153/callback" })).status).toBe(400);
    const again = await obtainCode(browser, client, asked);
    await tokensOf(await exchange(again));
  });

  test("an app's own scheme with a dot, and those few in wide use without one", async () => {
    for (const uri of [
      "com.example.app:/callback",
      "cursor://anysphere.cursor-retrieval/oauth/user-mcp/callback",
      "vscode://vscode.github-authentication/did-authenticate",
    ]) {
      const client = await register({ redirect_uris: [uri] });
      const { callback } = await obtainCode(browser, client);
      expect(callback.href.startsWith(uri)).toBe(true);
      await expectPage(authorizePath(requestOf(client, newPkce(), { redirect_uri: `${uri}x` })));
    }
  });

  test("one client may name a site, a port of this computer and an app (as Cursor does)", async () => {
    const redirects = ["https://app.example/callback", "http://localhost:8765/callback", "cursor://app/callback"];
    const client = await register({ redirect_uris: redirects });
    for (const redirect_uri of [...redirects, "http://localhost:1/callback"]) {
      const { uid } = await authorize(browser, requestOf(client, newPkce(), { redirect_uri }));
      expect([redirect_uri, uid === ""]).toEqual([redirect_uri, false]);
    }
    await expectPage(
      authorizePath(requestOf(client, newPkce(), { redirect_uri: "https://app.example:8443/callback" })),
    );
  });
});

test("what the address already asks stays, and is not overwritten by what is added (requirements M-33)", async () => {
  const client = await register({ redirect_uris: [registered, "https://app.example/a,b"] });
  const { callback } = await obtainCode(browser, client);
  expect(callback.searchParams.get("x")).toBe("1");
  expect(callback.searchParams.getAll("code")).toHaveLength(1);
  const comma = await obtainCode(browser, client, { redirect_uri: "https://app.example/a,b" });
  expect(comma.callback.pathname).toBe("/a,b");
  expect((await send("/oauth/register")).status).toBe(405);
});
