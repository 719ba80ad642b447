import { createHash, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  authorize,
  authorizePath,
  type Code,
  callWith,
  exchange,
  newBrowser,
  newPkce,
  obtainCode,
  redirectUri,
  refusalOf,
  register,
  requestOf,
  tokensOf,
} from "#testing/oauth.ts";
import { run } from "#testing/rows.ts";

const [browser, client] = [await newBrowser(), await register()];

describe("the challenge (RFC 7636 §4.3, security OA-05)", () => {
  const sound = newPkce().challenge;
  test.each<[string, Record<string, string | undefined>]>([
    ["none", { code_challenge: undefined, code_challenge_method: undefined }],
    ["an empty one", { code_challenge: "" }],
    ["a method without one", { code_challenge: undefined }],
    ["no method, which would mean plain", { code_challenge_method: undefined }],
    ["an empty method", { code_challenge_method: "" }],
    ["plain", { code_challenge_method: "plain" }],
    ["PLAIN", { code_challenge_method: "PLAIN" }],
    ["s256 in small letters", { code_challenge_method: "s256" }],
    ["S512", { code_challenge_method: "S512" }],
    ["42 characters", { code_challenge: sound.slice(1) }],
    ["129 characters", { code_challenge: "a".repeat(129) }],
    ["a character that is none of it", { code_challenge: `${sound.slice(1)}=` }],
    ["a space within", { code_challenge: `${sound.slice(0, 20)} ${sound.slice(21)}` }],
    ["a line end", { code_challenge: `${sound}\n` }],
  ])("%s: the app is told, and nobody is asked", async (_, change) => {
    const { uid, location } = await authorize(browser, requestOf(client, newPkce(), change));
    expect(uid).toBe("");
    const url = new URL(location ?? "");
    expect(url.origin + url.pathname).toBe(redirectUri);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      error: "invalid_request",
      state: "a state",
      iss: "http://localhost:3000",
    });
    expect(url.searchParams.has("code")).toBe(false);
  });

  test("given twice is refused, for the second could be somebody else's", async () => {
    for (const name of ["code_challenge", "code_challenge_method", "state", "scope", "response_type"]) {
      const parameters = requestOf(client, newPkce());
      const { location } = await authorize(browser, [...parameters, [name, "x"]]);
      expect([name, new URL(location ?? "").searchParams.get("error")]).toEqual([name, "invalid_request"]);
    }
    expect(authorizePath([])).toBe("/oauth/authorize?");
  });
});

describe("the verifier (RFC 7636 §4.6, security OA-05)", () => {
  test("the example of the specification's appendix B holds (requirements S0-13)", async () => {
    const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const code = await obtainCode(browser, client, { code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" });
    await tokensOf(await exchange({ ...code, verifier }));
  });

  test("of 128 characters of every kind that is allowed", async () => {
    const verifier = `${"-._~".repeat(8)}${"aZ09".repeat(24)}`;
    const code = await obtainCode(browser, client, {
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    });
    expect(verifier).toHaveLength(128);
    await tokensOf(await exchange({ ...code, verifier }));
  });

  const refusals: [string, (code: Code) => Record<string, string | undefined>, string][] = [
    ["none", () => ({ code_verifier: undefined }), "invalid_grant"],
    ["an empty one", () => ({ code_verifier: "" }), "invalid_grant"],
    ["another one", () => ({ code_verifier: randomBytes(32).toString("base64url") }), "invalid_grant"],
    [
      "the challenge itself",
      ({ verifier }) => ({ code_verifier: createHash("sha256").update(verifier).digest("base64url") }),
      "invalid_grant",
    ],
    ["one in another case", ({ verifier }) => ({ code_verifier: verifier.toUpperCase() }), "invalid_grant"],
    ["one cut short", ({ verifier }) => ({ code_verifier: verifier.slice(0, 42) }), "invalid_request"],
    ["one too long", ({ verifier }) => ({ code_verifier: verifier.padEnd(129, "a") }), "invalid_request"],
    ["one that goes on", ({ verifier }) => ({ code_verifier: `${verifier}\u0000` }), "invalid_request"],
  ];
  test.each(refusals)("%s is refused; the code stays for whoever has the right one", async (_, change, error) => {
    const code = await obtainCode(browser, client);
    expect(await refusalOf(await exchange(code, change(code)))).toEqual([400, error]);
    // Who guesses must not be able to spend it for the app that asked (requirements M-35).
    const tokens = await tokensOf(await exchange(code));
    expect(await callWith(tokens.access_token)).toBe(200);
  });

  test("one where the code has no challenge is refused: nobody can leave it out on the way (RFC 9700 §4.8)", async () => {
    const code = await obtainCode(browser, client);
    await run(
      `UPDATE oauth_records SET payload = payload - 'codeChallenge' - 'codeChallengeMethod'
      WHERE model = 'AuthorizationCode' AND user_id = $1 AND consumed_at IS NULL`,
      [browser.person.id],
    );
    expect(await refusalOf(await exchange(code))).toEqual([400, "invalid_grant"]);
  });
});
