import * as oauth from "oauth4webapi";
import { describe, expect, test } from "vitest";
import { accessTokenOf, makeGrant } from "#testing/assistants.ts";
import { postForm } from "#testing/loopback.ts";
import {
  type Client,
  claimsOf,
  connect,
  discover,
  newBrowser,
  obtainCode,
  overLoopback,
  refusalOf,
  register,
} from "#testing/oauth.ts";
import { run } from "#testing/rows.ts";

const [browser, client] = [await newBrowser(), await register()];
const server = await discover();

const ask = (by: Client, token: string, fields: Record<string, string> = {}) =>
  postForm("/oauth/introspect", {
    client_id: by.client_id,
    ...(by.client_secret ? { client_secret: by.client_secret } : {}),
    token,
    ...fields,
  });
const said = async (by: Client, token: string) => (await ask(by, token)).json();
const nothing = { active: false };

describe("what a token is, asked by its own client (RFC 7662)", () => {
  test("an access token and a renewal token", async () => {
    const { tokens } = await connect({ browser, client });
    const claims = claimsOf(tokens.access_token);
    const self: oauth.Client = { client_id: client.client_id };
    const answer = await oauth.introspectionRequest(server, self, oauth.None(), tokens.access_token, overLoopback);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(await oauth.processIntrospectionResponse(server, self, answer)).toMatchObject({
      active: true,
      token_type: "Bearer",
      iss: "http://localhost:3000",
      sub: browser.person.id,
      client_id: client.client_id,
      scope: "tasks:read tasks:write",
      exp: claims.exp,
      iat: claims.iat,
      jti: claims.jti,
    });
    expect(await said(client, tokens.refresh_token)).toMatchObject({
      active: true,
      client_id: client.client_id,
      sub: browser.person.id,
      scope: "tasks:read tasks:write",
    });
  });

  test("tells what it may still do, not what it was made for", async () => {
    const { tokens, grantId } = await connect({ browser, client });
    await run("UPDATE grants SET scopes = '{tasks:read}' WHERE id = $1", [grantId]);
    expect(await said(client, tokens.access_token)).toMatchObject({ active: true, scope: "tasks:read" });
    await run("UPDATE grants SET ended_at = now(), ended_by = 'person' WHERE id = $1", [grantId]);
    for (const token of [tokens.access_token, tokens.refresh_token]) expect(await said(client, token)).toEqual(nothing);
  });

  test("another client learns nothing but that (§4)", async () => {
    const { tokens } = await connect({ browser, client });
    for (const other of [await register(), await register({ token_endpoint_auth_method: "client_secret_post" })])
      for (const token of [tokens.access_token, tokens.refresh_token])
        expect(await said(other, token)).toEqual(nothing);
  });

  test("what is no token, not of this server or over is the same to everybody", async () => {
    const grant = await makeGrant(browser.person, { clientId: client.client_id });
    const { code } = await obtainCode(browser, client);
    const now = Math.floor(Date.now() / 1000);
    for (const token of [
      "x",
      "x.y.z",
      "..",
      "\u0000",
      "a".repeat(50_000),
      "constructor",
      code,
      grant.id,
      client.client_id,
      await accessTokenOf(grant, { exp: now - 10 }),
      await accessTokenOf(grant, { nbf: now + 600 }),
      await accessTokenOf(grant, { iss: "https://evil.example" }),
      await accessTokenOf(grant, { aud: "https://evil.example" }),
      await accessTokenOf(grant, { gid: "01a1fe9f-0000-7000-8000-000000000000" }),
      await accessTokenOf(grant, { sub: "01a1fe9f-0000-7000-8000-000000000000" }),
      await accessTokenOf(grant, {}, { typ: "JWT" }),
      await accessTokenOf(grant, {}, { kid: "unknown" }),
    ]) {
      const answer = await ask(client, token);
      expect([token.slice(0, 30), answer.status, await answer.json()]).toEqual([token.slice(0, 30), 200, nothing]);
    }
    expect(await said(client, await accessTokenOf(grant))).toMatchObject({ active: true });
  });

  test("whoever does not say who it is learns nothing", async () => {
    const { tokens } = await connect({ browser, client });
    expect(await refusalOf(await postForm("/oauth/introspect", { token: tokens.access_token }))).toEqual([
      400,
      "invalid_request",
    ]);
    expect(await refusalOf(await ask({ ...client, client_id: "nobody" }, tokens.access_token))).toEqual([
      401,
      "invalid_client",
    ]);
    expect(await refusalOf(await ask({ ...client, client_secret: "x" }, tokens.access_token))).toEqual([
      401,
      "invalid_client",
    ]);
    expect(await refusalOf(await ask(client, ""))).toEqual([400, "invalid_request"]);
  });
});
