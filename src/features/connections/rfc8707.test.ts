import { describe, expect, test } from "vitest";
import { accessTokenOf, makeGrant } from "#testing/assistants.ts";
import { postForm } from "#testing/loopback.ts";
import {
  authorize,
  callWith,
  claimsOf,
  connect,
  exchange,
  newBrowser,
  newPkce,
  obtainCode,
  redirectUri,
  refresh,
  refusalOf,
  register,
  requestOf,
  tokensOf,
} from "#testing/oauth.ts";

const [browser, client] = [await newBrowser(), await register()];
const ours = "http://localhost:3000/mcp";

const strangers = [
  "https://evil.example/mcp",
  "http://localhost:3000",
  "http://localhost:3000/",
  "http://localhost:3000/api/v1",
  "http://localhost:3000/mcp/",
  "http://localhost:3000/MCP",
  "http://localhost:3000/mcp?x=1",
  "http://localhost:3000/mcp#x",
  "http://localhost:3000/x/../mcp",
  "HTTP://localhost:3000/mcp",
  "http://LOCALHOST:3000/mcp",
  "http://user@localhost:3000/mcp",
  "https://localhost:3000/mcp",
  "mcp",
  "urn:mindflow",
  " http://localhost:3000/mcp",
  "javascript:alert(1)",
  "\u0000",
];

describe("what a token is for (RFC 8707, security OA-10)", () => {
  test.each(strangers)("%j is not here: invalid_target, and nobody is asked", async (resource) => {
    const { uid, location } = await authorize(browser, requestOf(client, newPkce(), { resource }));
    expect(uid).toBe("");
    const url = new URL(location ?? "");
    expect([url.origin + url.pathname, url.searchParams.get("error")]).toEqual([redirectUri, "invalid_target"]);
    expect(url.searchParams.get("state")).toBe("a state");
  });

  test("one of ours among others does not carry them along", async () => {
    for (const extra of ["https://evil.example/mcp", "http://localhost:3000/api/v1"]) {
      const { uid, location } = await authorize(browser, [...requestOf(client, newPkce()), ["resource", extra]]);
      expect([uid, new URL(location ?? "").searchParams.get("error")]).toEqual(["", "invalid_target"]);
    }
  });

  test("without one it is ours; with ours, once or twice, it is ours and nothing else", async () => {
    for (const parameters of [{ resource: undefined }, { resource: ours }]) {
      const tokens = await tokensOf(await exchange(await obtainCode(browser, client, parameters)));
      expect(claimsOf(tokens.access_token).aud).toBe(ours);
      expect(await callWith(tokens.access_token)).toBe(200);
    }
  });

  test("a code for ours does not become a token for another", async () => {
    for (const resource of strangers.slice(0, 5)) {
      const code = await obtainCode(browser, client);
      const [status, error] = await refusalOf(await exchange(code, { resource }));
      expect([resource, status]).toEqual([resource, 400]);
      expect(["invalid_target", "invalid_grant"]).toContain(error);
    }
    const code = await obtainCode(browser, client);
    expect(claimsOf((await tokensOf(await exchange(code, { resource: ours }))).access_token).aud).toBe(ours);
  });

  test("nor does a renewal", async () => {
    const connection = await connect({ browser, client });
    const [status, error] = await refusalOf(
      await refresh(connection.client, connection.tokens.refresh_token, { resource: "https://evil.example/mcp" }),
    );
    expect([status, error]).toEqual([400, "invalid_target"]);
    const twice = await postForm("/oauth/token", [
      ["grant_type", "refresh_token"],
      ["refresh_token", connection.tokens.refresh_token],
      ["client_id", client.client_id],
      ["resource", ours],
      ["resource", "https://evil.example/mcp"],
    ]);
    // Of two, the one that was granted.
    expect(claimsOf((await tokensOf(twice)).access_token).aud).toBe(ours);
    const renewed = await tokensOf(await refresh(client, connection.tokens.refresh_token, { resource: ours }));
    expect(claimsOf(renewed.access_token).aud).toBe(ours);
  });

  test("a token for another audience is nothing here, and one for two neither", async () => {
    const grant = await makeGrant(browser.person);
    for (const aud of [
      "https://evil.example/mcp",
      "http://localhost:3000",
      "http://localhost:3000/mcp/",
      [ours, "https://evil.example/mcp"],
      ["https://evil.example/mcp", ours],
      [ours],
      [],
      "",
      null,
    ])
      expect([aud, await callWith(await accessTokenOf(grant, { aud }))]).toEqual([aud, 401]);
    expect(await callWith(await accessTokenOf(grant))).toBe(200);
  });
});
