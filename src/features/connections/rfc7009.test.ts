import * as oauth from "oauth4webapi";
import { describe, expect, test } from "vitest";
import { accessTokenOf, makeGrant } from "#testing/assistants.ts";
import { postForm } from "#testing/loopback.ts";
import {
  type Client,
  callWith,
  connect,
  discover,
  newBrowser,
  obtainCode,
  overLoopback,
  refresh,
  refusalOf,
  register,
  tokensOf,
} from "#testing/oauth.ts";
import { run } from "#testing/rows.ts";

const [browser, client] = [await newBrowser(), await register()];
const server = await discover();

const revoke = (by: Client, token: string, fields: Record<string, string> = {}) =>
  postForm("/oauth/revoke", {
    client_id: by.client_id,
    ...(by.client_secret ? { client_secret: by.client_secret } : {}),
    token,
    ...fields,
  });
const endedBy = async (grantId: string) =>
  (await run<{ by: string | null }>("SELECT ended_by AS by FROM grants WHERE id = $1", [grantId]))[0]?.by;

describe("a client gives a token back (RFC 7009, security OA-16)", () => {
  test.each(["refresh_token", "access_token"] as const)(
    "the %s: its connection ends, and nobody is alarmed",
    async (which) => {
      const { tokens, grantId } = await connect({ client });
      const self: oauth.Client = { client_id: client.client_id };
      const answer = await oauth.revocationRequest(server, self, oauth.None(), tokens[which], overLoopback);
      await oauth.processRevocationResponse(answer);
      expect(await callWith(tokens.access_token)).toBe(401);
      expect(await refusalOf(await refresh(client, tokens.refresh_token))).toEqual([400, "invalid_grant"]);
      expect(await endedBy(grantId)).toBe("client");
      const told = await run(
        "SELECT FROM notifications WHERE type = 'ASSISTANT_TOKEN_REUSED' AND user_id = (SELECT user_id FROM grants WHERE id = $1)",
        [grantId],
      );
      expect(told).toEqual([]);
    },
  );

  test("again, or with a wrong hint, is the same answer", async () => {
    const { tokens } = await connect({ client });
    for (const token_type_hint of ["access_token", "refresh_token", "x", ""])
      expect((await revoke(client, tokens.refresh_token, { token_type_hint })).status).toBe(200);
    for (const token_type_hint of ["refresh_token", "x"])
      expect((await revoke(client, tokens.access_token, { token_type_hint })).status).toBe(200);
  });

  test("what is no token, or none any more, is answered alike and changes nothing (§2.2)", async () => {
    const { tokens, grantId, browser: own } = await connect({ client });
    const { code } = await obtainCode(own, client);
    const grant = await makeGrant(own.person, { clientId: client.client_id });
    const past = Math.floor(Date.now() / 1000) - 10;
    for (const token of [
      "x",
      "x.y.z",
      "..",
      "\u0000",
      "__proto__",
      "a".repeat(50_000),
      `${tokens.refresh_token}x`,
      `${tokens.access_token.slice(0, -4)}AAAA`,
      code,
      grantId,
      client.client_id,
      await accessTokenOf(grant, { exp: past }),
      await accessTokenOf(grant, { aud: "https://evil.example" }),
      await accessTokenOf(grant, { client_id: "another" }),
      await accessTokenOf({ ...grant, id: "01a1fe9f-0000-7000-8000-000000000000" }),
    ]) {
      const answer = await revoke(client, token);
      expect([token.slice(0, 30), answer.status, await answer.text()]).toEqual([token.slice(0, 30), 200, ""]);
    }
    expect(await callWith(tokens.access_token)).toBe(200);
    expect(await callWith(await accessTokenOf(grant))).toBe(200);
    await tokensOf(await refresh(client, tokens.refresh_token));
  });

  test("another client's token stays as it is, whatever it is", async () => {
    const { tokens, grantId } = await connect({ client });
    for (const thief of [await register(), await register({ token_endpoint_auth_method: "client_secret_post" })])
      for (const token of [tokens.access_token, tokens.refresh_token])
        expect((await revoke(thief, token)).status).toBe(200);
    expect(await endedBy(grantId)).toBeNull();
    expect(await callWith(tokens.access_token)).toBe(200);
    await tokensOf(await refresh(client, tokens.refresh_token));
  });

  test("whoever does not say who it is, or what to revoke, is told so", async () => {
    const { tokens } = await connect({ browser, client });
    expect(await refusalOf(await revoke(client, ""))).toEqual([400, "invalid_request"]);
    expect(await refusalOf(await postForm("/oauth/revoke", { token: tokens.access_token }))).toEqual([
      400,
      "invalid_request",
    ]);
    expect(await refusalOf(await revoke({ ...client, client_id: "nobody" }, tokens.access_token))).toEqual([
      401,
      "invalid_client",
    ]);
    expect(await refusalOf(await revoke({ ...client, client_secret: "x" }, tokens.access_token))).toEqual([
      401,
      "invalid_client",
    ]);
    const twice = await postForm("/oauth/revoke", [
      ["client_id", client.client_id],
      ["token", tokens.access_token],
      ["token", "x"],
    ]);
    expect(await refusalOf(twice)).toEqual([400, "invalid_request"]);
    expect(await callWith(tokens.access_token)).toBe(200);
  });

  test("many times at once is once", async () => {
    const { tokens, grantId } = await connect({ client });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => revoke(client, n % 2 ? tokens.access_token : tokens.refresh_token)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const audits = await run("SELECT FROM audit_events WHERE action = 'connection.ended' AND grant_id = $1", [grantId]);
    expect(audits).toHaveLength(1);
  });
});
