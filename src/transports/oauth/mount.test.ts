import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { captureLog } from "#testing/captured-log.ts";
import { newAddress, postForm, send } from "#testing/loopback.ts";
import {
  authorize,
  authorizePath,
  connect,
  exchange,
  newBrowser,
  newPkce,
  obtainCode,
  redirectUri,
  refresh,
  register,
  requestOf,
} from "#testing/oauth.ts";
import { Random } from "#testing/random.ts";
import { run } from "#testing/rows.ts";
import { applySettings } from "#testing/settings.ts";

applySettings({ LIMIT_FACTOR: "1000" });

const [browser, client] = [await newBrowser(), await register()];

const hostile = [
  "",
  " ",
  "\u0000",
  "%00",
  "%",
  "%zz",
  "%ff",
  "%c0%80",
  "%ed%a0%80",
  "%0d%0aSet-Cookie:%20x=1",
  "\r\nLocation: https://evil.example",
  "<script>alert(1)</script>",
  "\"'><img src=x onerror=alert(1)>",
  "' OR 1=1 --",
  "__proto__",
  "constructor",
  "[object Object]",
  "{}",
  "[]",
  '{"$ne":null}',
  "null",
  "undefined",
  "NaN",
  "-1",
  "1e309",
  "99999999999999999999",
  "../../etc/passwd",
  "https://evil.example/",
  "//evil.example",
  "javascript:alert(1)",
  "\u202e\u200b\u{e0041}",
  "\u{1f469}\u200d\u{1f469}",
  "a".repeat(3000),
  "a ".repeat(500),
  "e30.e30.e30",
  "..",
  "x.y.z",
];
const fields = [
  "client_id",
  "redirect_uri",
  "response_type",
  "response_mode",
  "scope",
  "state",
  "nonce",
  "code_challenge",
  "code_challenge_method",
  "resource",
  "prompt",
  "max_age",
  "display",
  "ui_locales",
  "claims",
  "claims_locales",
  "acr_values",
  "login_hint",
  "id_token_hint",
  "request",
  "request_uri",
  "registration",
  "dpop_jkt",
  "authorization_details",
  "default_scope",
  "grant_type",
  "code",
  "code_verifier",
  "refresh_token",
  "token",
  "token_type_hint",
  "client_secret",
  "client_assertion",
  "client_assertion_type",
  "__proto__",
  "constructor",
  "toString",
  "a[b]",
  "",
];

describe("whatever is sent (issue of bad input)", () => {
  test("is answered in kind: no fault, no way to an address that is not the app's", async () => {
    const random = new Random();
    const destinations = [
      redirectUri,
      "http://localhost:3000/sign-in?",
      "http://localhost:3000/oauth/",
      "/sign-in?",
      "/oauth/",
    ];
    const statuses = new Set<number>();
    for (let round = 0; round < 600; round++) {
      const parameters = random.chance(0.6) ? requestOf(client, newPkce()) : [];
      for (let n = random.below(4); n >= 0; n--) {
        const at = random.below(parameters.length + 1);
        if (random.chance(0.7)) parameters.splice(at, random.below(2), [random.pick(fields), random.pick(hostile)]);
        else parameters.splice(at, 1);
      }
      // Sometimes as it stands, without encoding what a client should have.
      const query = random.chance(0.8)
        ? new URLSearchParams(parameters).toString()
        : parameters.map((pair) => pair.join("=").replaceAll(/[^!-~]/g, "")).join("&");
      const path = random.pick([
        "/oauth/authorize",
        "/oauth/token",
        "/oauth/revoke",
        "/oauth/introspect",
        "/oauth/authorize",
      ]);
      const answer =
        path === "/oauth/authorize"
          ? await browser.get(`${path}?${query}`, random.chance(0.5) ? { Accept: "text/html" } : {})
          : await send(path, {
              method: "POST",
              headers: { "Content-Type": "application/x-www-form-urlencoded" },
              body: query,
            });
      const where = answer.headers.get("location");
      const told = `seed ${random.seed}: ${path}?${query.slice(0, 300)}`;
      expect([told, answer.status < 500]).toEqual([told, true]);
      expect([told, where === null || destinations.some((one) => where.startsWith(one))]).toEqual([told, true]);
      expect(await answer.text()).not.toMatch(/<script|onerror=/);
      statuses.add(answer.status);
    }
    // The dice reached both sides.
    for (const status of [303, 400, 401]) expect(statuses).toContain(status);
    expect(await run("SELECT FROM grants WHERE user_id = $1", [browser.person.id])).toEqual([]);
  });

  test("also when many come at once with half a request", async () => {
    const code = await obtainCode(browser, client);
    const answers = await Promise.all(
      hostile.flatMap((value) => [
        exchange(code, { code_verifier: value, redirect_uri: value }),
        exchange(code, { code: value }),
        refresh(client, value),
        postForm("/oauth/revoke", { client_id: client.client_id, token: value }),
      ]),
    );
    expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
  });
});

describe("what is written down of a request (style §2.1)", () => {
  test("is one line that says what was refused, and no secret stands in any", async () => {
    const { lines, text, result } = await captureLog(async () => {
      const code = await obtainCode(browser, client);
      const first = await exchange(code);
      const tokens = (await first.json()) as { access_token: string; refresh_token: string };
      await refresh(client, tokens.refresh_token);
      await exchange(code);
      await authorize(browser, requestOf(client, newPkce(), { redirect_uri: "https://evil.example/" }));
      await sleep(100);
      return { code, tokens };
    });
    const { code, tokens } = result;
    for (const secret of [code.code, code.verifier, tokens.access_token, tokens.refresh_token])
      expect(text).not.toContain(secret);
    // A line is written when its answer is out; those of requests before may be among them.
    const requests = lines.filter(({ door, code: error }) => door === "oauth" && error);
    expect(requests).toContainEqual(
      expect.objectContaining({ path: "/oauth/token", status: 400, code: "invalid_grant" }),
    );
    const refused = { code: "invalid_redirect_uri", status: 400, actor: browser.person.id };
    expect(requests).toContainEqual(expect.objectContaining(refused));
    expect(lines.filter(({ level }) => level === "error")).toEqual([]);
  });
});

describe("an error that a person sees", () => {
  test("is a page of ours that says what to tell the app's makers, and links nowhere else", async () => {
    const answer = await browser.get(
      authorizePath(requestOf(client, newPkce(), { redirect_uri: "https://evil.example/?<b>" })),
      { Accept: "text/html", "X-Request-Id": "a-request-of-mine" },
    );
    const page = await answer.text();
    expect(page).toContain("redirect_uri");
    expect(page).toContain("a-request-of-mine");
    expect(page).not.toMatch(/evil\.example|<b>/);
    expect([...page.matchAll(/href="([^"]*)"/g)].every(([, href]) => href?.startsWith("/"))).toBe(true);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("x-request-id")).toBe("a-request-of-mine");
  });

  test("is one also where they ask too often, and a program is told in its own words", async () => {
    const own = await newBrowser();
    const spent = `default:${own.person.id}`;
    await own.get(authorizePath(requestOf(client, newPkce())));
    const touched = await run("UPDATE rate_limits SET cur = 10000000 WHERE key = $1 RETURNING key", [spent]);
    expect(touched).toHaveLength(1);
    const page = await own.get(authorizePath(requestOf(client, newPkce())), { Accept: "text/html,*/*" });
    expect([page.status, page.headers.get("content-type")]).toEqual([429, "text/html; charset=utf-8"]);
    expect(Number(page.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(page.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    const told = await own.get(authorizePath(requestOf(client, newPkce())));
    expect([told.status, await told.json()]).toMatchObject([429, { error: "temporarily_unavailable" }]);
  });

  test("and where somebody who is not signed in does, counted by address (requirements +05)", async () => {
    const headers = { "X-Forwarded-For": newAddress(), Accept: "text/html" };
    const path = authorizePath(requestOf(client, newPkce()));
    expect((await send(path, { headers })).status).toBe(303);
    await run("UPDATE rate_limits SET cur = 1000000 WHERE key = $1", [
      `anonymousAuthorization:${headers["X-Forwarded-For"]}`,
    ]);
    expect((await send(path, { headers })).status).toBe(429);
    expect((await browser.get(path, headers)).status).toBe(303);
    expect((await send(path)).status).toBe(303);
  });

  test("with a session that ended meanwhile, they sign in again and come back", async () => {
    const own = await newBrowser();
    const { uid } = await authorize(own, requestOf(client, newPkce()));
    await run("UPDATE sessions SET revoked_at = now() WHERE user_id = $1", [own.person.id]);
    const { location } = await own.follow(`/oauth/consent/${uid}/sign-in`);
    expect(location).toMatch(/^http:\/\/localhost:3000\/sign-in\?returnTo=/);
  });
});

test("signing out of the browser leaves the assistant alone (design §9)", async () => {
  const connection = await connect();
  await run("UPDATE sessions SET revoked_at = now() WHERE user_id = $1", [connection.browser.person.id]);
  expect((await refresh(connection.client, connection.tokens.refresh_token)).status).toBe(200);
});
