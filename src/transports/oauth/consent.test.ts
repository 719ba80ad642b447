import { describe, expect, test, vi } from "vitest";
import { refusals } from "#features/connections/consent.ts";
import { formRequest } from "#testing/browser.ts";
import { inNext, inPage } from "#testing/next-scope.ts";
import {
  authorize,
  type Browser,
  browserOf,
  newBrowser,
  newPkce,
  pending,
  redirectUri,
  register,
  requestOf,
} from "#testing/oauth.ts";
import { run } from "#testing/rows.ts";

// The bundler gives server code this file of Next's under the name; Node would take the browser's.
vi.mock("next/navigation", () => import("next/dist/client/components/navigation.react-server.js"));

const { consentPage, handleDecision } = await import("./consent.ts");

/** A request that has come to the consent page. */
async function asked(browser: Browser, scope = "tasks:read tasks:write", state = "a state") {
  const { uid } = await authorize(browser, requestOf(await register(), newPkce(), { scope, state }));
  return { uid, fields: { binding: (await pending(browser, uid)).binding, ...proposed } };
}
const proposed = { decision: "allow", preset: "help", lifetime: "month" };

const decide = (browser: Browser, uid: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  inNext(
    formRequest(`/oauth/consent/${uid}/decide`, fields, {
      cookie: browser.cookiesFor(`/oauth/consent/${uid}/decide`),
      ...headers,
    }),
    (request) => handleDecision(request, uid),
  );
const show = (browser: Browser, uid: string, notice?: string, cookie = "") =>
  inPage({ cookie: `${browser.cookiesFor(`/oauth/consent/${uid}`)}; ${cookie}` }, () => consentPage(uid, notice));

const answerOf = (response: Response) => [response.status, response.headers.get("location")] as const;
const grantsOf = ({ person }: Browser) =>
  run<{ scopes: string[]; days: number | null; alive: boolean }>(
    `SELECT scopes, ended_at IS NULL AS alive, round(extract(epoch FROM expires_at - created_at) / 86400)::int AS days
     FROM grants WHERE user_id = $1 ORDER BY created_at`,
    [person.id],
  );

/** What the client hears, at the address that the decision leads to. */
async function heard(browser: Browser, response: Response): Promise<URL> {
  expect(response.status).toBe(303);
  const { location } = await browser.follow(
    new URL(response.headers.get("location") ?? "", "http://localhost").pathname,
  );
  return new URL(location ?? "");
}

describe("the consent page", () => {
  test("shows the request, whose it is, and how many tasks that is about", async () => {
    const browser = await newBrowser();
    await run(
      `INSERT INTO tasks (id, user_id, title, deleted_at)
       SELECT gen_random_uuid(), $1, 'x', CASE WHEN n > 3 THEN now() END FROM generate_series(1, 5) n`,
      [browser.person.id],
    );
    const { uid } = await asked(browser);
    expect(await show(browser, uid)).toMatchObject({
      value: {
        pending: { uid, userId: browser.person.id, redirectUri, asked: ["tasks:read", "tasks:write"] },
        person: { name: browser.person.name, email: browser.person.email },
        tasks: 3,
        instance: "localhost:3000",
        notice: null,
      },
    });
  });

  test("of a request that is unknown, another browser's or over is the 404 page", async () => {
    const [browser, other] = [await newBrowser(), await newBrowser()];
    const { uid, fields } = await asked(browser);
    for (const [who, which] of [
      [browser, "made-up"],
      [other, uid],
      [await browserOf(browser.person), uid],
    ] as const)
      expect(await show(who, which)).toEqual({ digest: expect.stringContaining("404") });
    await decide(browser, uid, fields);
    expect(await show(browser, uid)).toEqual({ digest: expect.stringContaining("404") });
  });

  test("sends somebody signed out to sign in, and who signed in as another person to the start of the same request", async () => {
    const [browser, other] = [await newBrowser(), await newBrowser()];
    const { uid } = await asked(browser, "tasks:read", "kept");
    expect(await inPage({ "x-mindflow-path": `/oauth/consent/${uid}` }, () => consentPage(uid, undefined))).toEqual({
      digest: expect.stringContaining(`/sign-in?returnTo=${encodeURIComponent(`/oauth/consent/${uid}`)}`),
    });
    browser.takeSessionOf(other);
    const sent = await show(browser, uid);
    expect("digest" in sent && sent.digest).toMatch(/\/oauth\/authorize\?.*state=kept/);
  });
});

describe("the person's answer", () => {
  test("yes leads on by 303 to a code; state and issuer come along", async () => {
    const browser = await newBrowser();
    const { uid, fields } = await asked(browser);
    const url = await heard(browser, await decide(browser, uid, fields));
    expect(url.href.startsWith(redirectUri)).toBe(true);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      code: expect.any(String),
      state: "a state",
      iss: "http://localhost:3000",
    });
    expect(await grantsOf(browser)).toEqual([{ scopes: ["tasks:read", "tasks:write"], days: 30, alive: true }]);
  });

  test("no leads on by 303 to access_denied, and leaves no connection (requirements M-32)", async () => {
    const browser = await newBrowser();
    const { uid, fields } = await asked(browser);
    const url = await heard(browser, await decide(browser, uid, { ...fields, decision: "cancel" }));
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ error: "access_denied", state: "a state" });
    expect(await grantsOf(browser)).toEqual([]);
  });

  test("counts as far as it was asked: more than was shown is cut off (security OA-08)", async () => {
    const browser = await newBrowser();
    const { uid, fields } = await asked(browser, "tasks:read email");
    const more = { ...fields, preset: "full", "tasks:delete": "on", "tasks:write": "on", identity: "on" };
    await heard(browser, await decide(browser, uid, more));
    expect((await grantsOf(browser)).map(({ scopes }) => scopes.toSorted())).toEqual([["email", "tasks:read"]]);
  });

  test("that allows nothing goes back to the page, which keeps what was chosen but not the binding", async () => {
    const browser = await newBrowser();
    const { uid, fields } = await asked(browser);
    const response = await decide(browser, uid, { ...fields, preset: "own", lifetime: "day" });
    const back = new URL(response.headers.get("location") ?? "", "http://localhost");
    expect([response.status, back.pathname]).toEqual([303, `/oauth/consent/${uid}`]);
    const flow = response.headers.getSetCookie().map((line) => line.split(";", 1)[0]);
    const notice = back.searchParams.get("notice") ?? "";
    expect(await show(browser, uid, notice, flow.join("; "))).toMatchObject({
      value: { notice: { text: refusals.nothingChosen, values: { preset: "own", lifetime: "day" } } },
    });
    const shown = await show(browser, uid, notice, flow.join("; "));
    expect(JSON.stringify("value" in shown && shown.value.notice)).not.toContain(fields.binding);
    expect(await grantsOf(browser)).toEqual([]);
    // The request is still there to be answered.
    await heard(browser, await decide(browser, uid, fields));
  });

  test("counts once: of two at the same time one, afterwards none", async () => {
    const browser = await newBrowser();
    const { uid, fields } = await asked(browser);
    const both = await Promise.all([
      decide(browser, uid, fields),
      decide(browser, uid, { ...fields, decision: "cancel" }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([303, 409]);
    for (const decision of ["allow", "cancel"]) {
      const again = await decide(browser, uid, { ...fields, decision });
      expect(answerOf(again)).toEqual([409, null]);
      expect(await again.text()).toContain(refusals.over.title);
    }
    expect((await grantsOf(browser)).length).toBeLessThan(2);
  });

  test("a connection made before ends only where that was ticked", async () => {
    const browser = await newBrowser();
    const client = await register();
    for (const [replace, alive] of [
      [{}, [true]],
      [{}, [true, true]],
      [{ replace: "on" }, [false, false, true]],
    ] as const) {
      const { uid } = await authorize(browser, requestOf(client, newPkce()));
      const { binding } = await pending(browser, uid);
      await heard(browser, await decide(browser, uid, { binding, ...proposed, ...replace }));
      expect((await grantsOf(browser)).map((grant) => grant.alive)).toEqual(alive);
    }
  });

  test("of somebody signed out leads to signing in, and back to the page", async () => {
    const browser = await newBrowser();
    const { uid, fields } = await asked(browser);
    const request = formRequest(`/oauth/consent/${uid}/decide`, fields);
    expect(answerOf(await inNext(request, (sent) => handleDecision(sent, uid)))).toEqual([
      303,
      `/sign-in?returnTo=${encodeURIComponent(`/oauth/consent/${uid}`)}`,
    ]);
  });
});

describe("an answer that is not the page's own writes nothing and leads nowhere (requirements M-31, +04)", () => {
  test.each([
    ["another site's", {}, { Origin: "https://evil.example" }, 403],
    ["nobody's", {}, { Origin: "null" }, 403],
    ["sent across sites", {}, { "Sec-Fetch-Site": "cross-site" }, 403],
    ["with a made-up binding", { binding: "x" }, {}, 403],
    ["with a binding that is a book", { binding: "x".repeat(2001) }, {}, 422],
    ["with a redirect of its own", { redirect_uri: "https://evil.example" }, {}, 422],
    ["for another person", { user_id: "somebody" }, {}, 422],
    ["for a scope no token has", { account: "on" }, {}, 422],
    ["for ever", { lifetime: "forever" }, {}, 422],
    ["undecided", { decision: "maybe" }, {}, 422],
    ["in JSON", {}, { "Content-Type": "application/json" }, 415],
  ])("%s", async (_, changes, headers, status) => {
    const browser = await newBrowser();
    const { uid, fields } = await asked(browser);
    const refused = await decide(browser, uid, { ...fields, ...changes } as Record<string, string>, headers);
    expect(answerOf(refused)).toEqual([status, null]);
    expect(refused.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(await grantsOf(browser)).toEqual([]);
    await heard(browser, await decide(browser, uid, fields));
  });

  test("with the binding of another request, or of another session of the same person", async () => {
    const browser = await newBrowser();
    const [first, second] = [await asked(browser), await asked(browser)];
    expect(answerOf(await decide(browser, second.uid, first.fields))).toEqual([403, null]);
    browser.takeSessionOf(await browserOf(browser.person));
    expect(answerOf(await decide(browser, second.uid, second.fields))).toEqual([403, null]);
    expect(await grantsOf(browser)).toEqual([]);
  });

  test("after the account was switched: it was made for somebody else", async () => {
    const [browser, other] = [await newBrowser(), await newBrowser()];
    const { uid, fields } = await asked(browser);
    browser.takeSessionOf(other);
    for (const decision of ["allow", "cancel"])
      expect(answerOf(await decide(browser, uid, { ...fields, decision }))).toEqual([409, null]);
    expect([await grantsOf(browser), await grantsOf(other)]).toEqual([[], []]);
  });

  test("after ten minutes", async () => {
    const browser = await newBrowser();
    const { uid, fields } = await asked(browser);
    await run(
      `UPDATE oauth_records SET expires_at = now() - interval '1 second'
       WHERE model = 'Interaction' AND payload->'session'->>'accountId' = $1`,
      [browser.person.id],
    );
    expect(answerOf(await decide(browser, uid, fields))).toEqual([409, null]);
    expect(await show(browser, uid)).toEqual({ digest: expect.stringContaining("404") });
  });

  test("a field twice is refused, whichever would count", async () => {
    const browser = await newBrowser();
    const { uid, fields } = await asked(browser);
    const body = new URLSearchParams(fields);
    body.append("decision", "cancel");
    const request = new Request(`http://localhost:3000/oauth/consent/${uid}/decide`, {
      method: "POST",
      headers: {
        origin: "http://localhost:3000",
        "sec-fetch-site": "same-origin",
        cookie: browser.cookiesFor(`/oauth/consent/${uid}/decide`),
      },
      body,
    });
    expect(answerOf(await inNext(request, (sent) => handleDecision(sent, uid)))).toEqual([422, null]);
    expect(await grantsOf(browser)).toEqual([]);
  });
});
