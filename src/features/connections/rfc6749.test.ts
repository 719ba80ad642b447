import * as oauth from "oauth4webapi";
import { describe, expect, test } from "vitest";
import { resource } from "#features/connections/bearer.ts";
import { makePerson } from "#testing/factories.ts";
import { newAddress, postForm, postJson, send } from "#testing/loopback.ts";
import {
  approve,
  authorize,
  Browser,
  browserOf,
  callWith,
  claimsOf,
  connect,
  discover,
  exchange,
  newBrowser,
  newPkce,
  obtainCode,
  overLoopback,
  pending,
  redirectUri,
  refresh,
  refusalOf,
  register,
  requestOf,
  tokensOf,
} from "#testing/oauth.ts";
import { run } from "#testing/rows.ts";

const [browser, client] = [await newBrowser(), await register()];

test("an official client goes the whole way: code, tokens, a call, a renewal", async () => {
  const server = await discover();
  const self: oauth.Client = { client_id: client.client_id };
  const pkce = newPkce();
  const { uid } = await authorize(browser, requestOf(client, pkce, { scope: "openid email tasks:read", nonce: "n" }));
  const parameters = oauth.validateAuthResponse(server, self, await approve(browser, uid), "a state");
  const answer = await oauth.authorizationCodeGrantRequest(
    server,
    self,
    oauth.None(),
    parameters,
    redirectUri,
    pkce.verifier,
    { ...overLoopback, additionalParameters: { resource: resource() } },
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, self, answer, { expectedNonce: "n" });
  const identity = oauth.getValidatedIdTokenClaims(tokens);
  expect(identity).toMatchObject({ sub: browser.person.id, email: browser.person.email });
  expect(identity).not.toHaveProperty("name");
  expect(await callWith(tokens.access_token)).toBe(200);
  const renewal = await oauth.refreshTokenGrantRequest(
    server,
    self,
    oauth.None(),
    String(tokens.refresh_token),
    overLoopback,
  );
  const renewed = await oauth.processRefreshTokenResponse(server, self, renewal);
  expect(renewed.refresh_token).not.toBe(tokens.refresh_token);
  expect(await callWith(renewed.access_token)).toBe(200);
});

describe("who approves is the session and nothing else (security OA-02, requirements S0-16)", () => {
  test.each([
    "user_id",
    "userId",
    "sub",
    "account",
    "account_id",
    "login_hint",
    "username",
    "user",
    "as",
    "id_token_hint",
  ])("%s naming another person changes nothing", async (name) => {
    const victim = await makePerson();
    for (const value of [victim.id, victim.email]) {
      const pkce = newPkce();
      const { uid, location } = await authorize(browser, [...requestOf(client, pkce), [name, value]]);
      if (!uid) {
        expect(new URL(location ?? "").searchParams.get("error")).toBe("invalid_request");
        continue;
      }
      expect((await pending(browser, uid)).userId).toBe(browser.person.id);
      const code = (await approve(browser, uid)).searchParams.get("code") ?? "";
      const tokens = await tokensOf(
        await exchange({
          client,
          code,
          verifier: pkce.verifier,
          redirect: redirectUri,
          callback: new URL(redirectUri),
        }),
      );
      expect(claimsOf(tokens.access_token).sub).toBe(browser.person.id);
    }
    expect(await run("SELECT FROM grants WHERE user_id = $1", [victim.id])).toEqual([]);
  });

  test("nobody signed in is sent to sign in, with the way back, and gets nothing", async () => {
    const stranger = new Browser(browser.person, null);
    const { location } = await authorize(stranger, requestOf(client, newPkce()));
    const url = new URL(location ?? "");
    expect(url.pathname).toBe("/sign-in");
    expect(url.searchParams.get("returnTo")).toMatch(/^\/oauth\/consent\/[\w-]+\/sign-in$/);
  });

  test("and without asking (prompt=none) nobody is sent to where a stranger registered (RFC 9700 §4.11.2)", async () => {
    const stranger = new Browser(browser.person, null);
    for (const overrides of [{ prompt: "none" }, { response_type: "token" }]) {
      const query = new URLSearchParams(requestOf(client, newPkce(), overrides));
      const answer = await stranger.get(`/oauth/authorize?${query}`);
      expect([answer.status, answer.headers.get("location")]).toEqual([400, null]);
      // Somebody signed in is told of by the app itself.
      const { location } = await authorize(browser, requestOf(client, newPkce(), overrides));
      expect(location).toMatch(/^https:\/\/app\.example\/callback[?#].*error=/);
    }
  });

  test("whoever signs in as another person in between goes on as that person", async () => {
    const switching = await newBrowser();
    const { uid } = await authorize(switching, requestOf(client, newPkce()));
    const second = await browserOf(await makePerson());
    switching.takeSessionOf(second);
    await expect(pending(switching, uid)).rejects.toThrow();
    const pkce = newPkce();
    const again = await authorize(switching, requestOf(client, pkce));
    const callback = await approve(switching, again.uid);
    const got = {
      client,
      code: callback.searchParams.get("code") ?? "",
      verifier: pkce.verifier,
      redirect: redirectUri,
      callback,
    };
    expect(claimsOf((await tokensOf(await exchange(got))).access_token).sub).toBe(second.person.id);
  });
});

describe("the request for authorization (§4.1.1)", () => {
  test.each<[string, Record<string, string | undefined>]>([
    ["without a scope", { scope: undefined }],
    ["with an empty scope", { scope: "" }],
  ])("%s asks for reading, the least that is of use", async (_, change) => {
    const code = await obtainCode(browser, client, change);
    expect((await tokensOf(await exchange(code))).scope).toBe("tasks:read");
  });

  test("a scope nobody knows is left out, whoever spells it", async () => {
    const scope =
      "tasks:read tasks:Read TASKS:READ tasks:* * admin account tasks:purge notifications:write profile:write";
    const { uid } = await authorize(browser, requestOf(client, newPkce(), { scope }));
    expect((await pending(browser, uid)).asked).toEqual(["tasks:read"]);
    expect((await approve(browser, uid, { scopes: ["tasks:read", "tasks:delete"] })).searchParams.has("code")).toBe(
      true,
    );
  });

  test("an unknown parameter is not minded (§3.1)", async () => {
    const { uid } = await authorize(browser, [
      ...requestOf(client, newPkce()),
      ["utm_source", "x"],
      ["__proto__", "y"],
    ]);
    expect(uid).not.toBe("");
  });

  test("is answered by 303 and never framed, kept or told on (security OA-09)", async () => {
    const answer = await browser.get(`/oauth/authorize?${new URLSearchParams(requestOf(client, newPkce()))}`);
    expect(answer.status).toBe(303);
    expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(answer.headers.get("x-frame-options")).toBe("DENY");
    expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const page = await browser.get("/oauth/authorize?client_id=x", { Accept: "text/html" });
    expect(page.status).toBe(400);
    expect(page.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(page.headers.get("x-frame-options")).toBe("DENY");
  });

  test("a very long one is refused without a fault", async () => {
    for (const length of [2000, 7000]) {
      const answer = await browser.get(
        `/oauth/authorize?${new URLSearchParams(requestOf(client, newPkce(), { state: "x".repeat(length) }))}`,
      );
      expect(answer.status).toBe(303);
    }
    expect((await browser.get(`/oauth/authorize?x=${"x".repeat(20_000)}`)).status).toBe(431);
  });

  test("someone else's resume address is nothing to this browser", async () => {
    const other = await newBrowser();
    const { uid } = await authorize(other, requestOf(client, newPkce()));
    for (const path of [`/oauth/authorize/${uid}`, "/oauth/authorize/nothing", `/oauth/authorize/${"x".repeat(200)}`]) {
      const answer = await browser.get(path, { Accept: "text/html" });
      expect([answer.status, answer.headers.get("location")]).toEqual([400, null]);
    }
  });
});

describe("the answer with tokens (§5.1)", () => {
  test("has exactly what it should, and is kept by nobody (requirements M-36)", async () => {
    const answer = await exchange(await obtainCode(browser, client));
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
    const tokens = await tokensOf(answer);
    expect(Object.keys(tokens).sort()).toEqual(["access_token", "expires_in", "refresh_token", "scope", "token_type"]);
    expect(tokens).toMatchObject({ token_type: "Bearer", expires_in: 3600, scope: "tasks:read tasks:write" });
  });

  test("a scope the person left out is not in it, and the token is refused for it", async () => {
    const code = await obtainCode(browser, client, {}, { scopes: ["tasks:read"] });
    const tokens = await tokensOf(await exchange(code));
    expect(tokens.scope).toBe("tasks:read");
    const headers = { Authorization: `Bearer ${tokens.access_token}` };
    expect((await postJson("/api/v1/tasks", { title: "Order two vitrines", priority: 3 }, headers)).status).toBe(403);
    expect(await callWith(tokens.access_token)).toBe(200);
  });
});

describe("refusals of the token endpoint (§5.2, requirements M-40)", () => {
  const form = (changes: Record<string, string>) => ({
    grant_type: "authorization_code",
    client_id: client.client_id,
    code: "no such code",
    redirect_uri: redirectUri,
    code_verifier: newPkce().verifier,
    ...changes,
  });
  test.each<[string, Record<string, string>, number, string]>([
    ["no grant type", { grant_type: "" }, 400, "invalid_request"],
    ["password", { grant_type: "password", username: "a", password: "b" }, 400, "unsupported_grant_type"],
    ["client_credentials", { grant_type: "client_credentials" }, 400, "unsupported_grant_type"],
    ["implicit", { grant_type: "implicit" }, 400, "unsupported_grant_type"],
    ["device", { grant_type: "urn:ietf:params:oauth:grant-type:device_code" }, 400, "unsupported_grant_type"],
    ["jwt-bearer", { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer" }, 400, "unsupported_grant_type"],
    ["a grant type out of a prototype", { grant_type: "__proto__" }, 400, "unsupported_grant_type"],
    ["constructor", { grant_type: "constructor" }, 400, "unsupported_grant_type"],
    ["no code", { code: "" }, 400, "invalid_request"],
    ["an unknown code", {}, 400, "invalid_grant"],
    ["a code of 50 kB", { code: "x".repeat(50_000) }, 400, "invalid_grant"],
    ["a code with NUL", { code: "\u0000" }, 400, "invalid_grant"],
    ["no redirect", { redirect_uri: "" }, 400, "invalid_request"],
    ["no renewal token", { grant_type: "refresh_token" }, 400, "invalid_request"],
    ["an unknown renewal token", { grant_type: "refresh_token", refresh_token: "x" }, 400, "invalid_grant"],
    ["nobody", { client_id: "" }, 400, "invalid_request"],
    ["an unknown client", { client_id: "nobody" }, 401, "invalid_client"],
    ["a client out of a prototype", { client_id: "__proto__" }, 401, "invalid_client"],
    ["a client with NUL", { client_id: "\u0000" }, 401, "invalid_client"],
    ["a client of 50 kB", { client_id: "x".repeat(50_000) }, 401, "invalid_client"],
  ])("%s: %#", async (_, changes, status, error) => {
    const answer = await postForm("/oauth/token", form(changes));
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const body = (await answer.json()) as Record<string, unknown>;
    expect([answer.status, body.error]).toEqual([status, error]);
    expect(Object.keys(body).filter((key) => key !== "error" && key !== "error_description")).toEqual([]);
  });

  test("a field given twice, JSON, a file, or fields in the address are no request (security OA-11)", async () => {
    const code = await obtainCode(browser, client);
    const sound: [string, string][] = Object.entries(form({ code: code.code, code_verifier: code.verifier }));
    for (const [name, value] of sound) {
      const answer = await postForm("/oauth/token", [...sound, [name, value]]);
      expect([name, ...(await refusalOf(answer))]).toEqual([name, 400, "invalid_request"]);
    }
    expect(await refusalOf(await postJson("/oauth/token", Object.fromEntries(sound)))).toEqual([
      400,
      "invalid_request",
    ]);
    const inAddress = `/oauth/token?${new URLSearchParams(sound)}`;
    expect(await refusalOf(await postForm(inAddress, {}))).toEqual([400, "invalid_request"]);
    expect(await refusalOf(await send(inAddress, { method: "POST" }))).toEqual([400, "invalid_request"]);
    for (const type of ["multipart/form-data; boundary=x", "text/plain", "application/x-www-form-urlencoded-x"]) {
      const answer = await postForm("/oauth/token", sound, { "Content-Type": type });
      expect([type, ...(await refusalOf(answer))]).toEqual([type, 400, "invalid_request"]);
    }
    await tokensOf(await exchange(code));
  });

  test("more than it takes is not read, and bytes that are no text are no request", async () => {
    const large = "x".repeat(60_000);
    for (const path of ["/oauth/token", "/oauth/revoke", "/oauth/introspect"])
      for (const chunked of [true, false]) {
        const headers = { "Content-Type": "application/x-www-form-urlencoded" };
        expect((await send(path, { method: "POST", body: large, chunked, headers })).status).toBe(413);
        const broken = Buffer.from([0x61, 0x3d, 0xff, 0xfe]);
        expect((await send(path, { method: "POST", body: broken, chunked, headers })).status).toBe(400);
      }
  });

  test("twenty in a minute from one address, then it waits; what succeeds does not count (design §12)", async () => {
    const address = newAddress();
    const headers = { "X-Forwarded-For": address };
    const { tokens } = await connect({ browser, client });
    const token = tokens.refresh_token;
    // A hosted assistant's people share its address: many at once who are right do not get into each other's way.
    const others: Awaited<ReturnType<typeof connect>>[] = [];
    for (let n = 0; n < 30; n++) others.push(await connect({ browser, client }));
    const renewals = await Promise.all(others.map((other) => refresh(client, other.tokens.refresh_token, {}, headers)));
    expect(renewals.map(({ status }) => status)).toEqual(renewals.map(() => 200));
    expect(await run("SELECT cur FROM rate_limits WHERE key = $1", [`tokenRefusals:${address}`])).toEqual([]);
    let refused = 0;
    while (refused < 30 && (await refresh(client, "x", {}, headers)).status === 400) refused++;
    // A minute that begins meanwhile gives back a little.
    expect([20, 21, 22]).toContain(refused);
    const answer = await refresh(client, token, {}, headers);
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    await tokensOf(await refresh(client, token));
  });
});
