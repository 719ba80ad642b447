import { afterEach, describe, expect, test, vi } from "vitest";
import { env } from "#core/env.ts";
import type { TokenScope } from "#core/scopes.ts";
import { makePerson } from "#testing/factories.ts";
import {
  approve,
  authorize,
  type Browser,
  browserOf,
  type Client,
  callWith,
  connect,
  exchange,
  newBrowser,
  newPkce,
  origin,
  pending,
  redirectUri,
  register,
  requestOf,
  tokensOf,
} from "#testing/oauth.ts";
import { run } from "#testing/rows.ts";
import { redirectOf } from "./data.ts";
import { approveConsent, type ConsentChoice, continueAs, pendingConsent, refuseConsent } from "./interaction.ts";

afterEach(() => vi.useRealTimers());

const client = await register();
const choice: ConsentChoice = { scopes: ["tasks:read", "tasks:write"], lifetime: "month", replace: false };

const grantsOf = (person: { id: string }) =>
  run<{ id: string; scopes: string[]; endedBy: string | null; hours: number | null }>(
    `SELECT id, scopes, ended_by AS "endedBy", round(extract(epoch FROM expires_at - created_at) / 3600)::int AS hours
    FROM grants WHERE user_id = $1 ORDER BY created_at, id`,
    [person.id],
  );

type Waiting = { browser: Browser; uid: string; binding: string; pkce: ReturnType<typeof newPkce> };

/** A request that waits for its person. */
async function waiting(values: { browser?: Browser; client?: Client; scope?: string } = {}): Promise<Waiting> {
  const browser = values.browser ?? (await newBrowser());
  const pkce = newPkce();
  const asked = values.scope === undefined ? {} : { scope: values.scope };
  const { uid } = await authorize(browser, requestOf(values.client ?? client, pkce, asked));
  return { browser, uid, pkce, binding: (await pending(browser, uid)).binding };
}
const headersOf = ({ browser, uid }: Waiting) => browser.headersFor(`/oauth/consent/${uid}`);

async function yes(request: Waiting, changes: Partial<ConsentChoice & { binding: string }> = {}): Promise<string> {
  const { binding = request.binding, ...chosen } = changes;
  const actor = await request.browser.actor();
  return await approveConsent(headersOf(request), actor, request.uid, binding, { ...choice, ...chosen }, origin());
}
async function no(request: Waiting, binding = request.binding): Promise<string> {
  return await refuseConsent(headersOf(request), await request.browser.actor(), request.uid, binding, origin());
}
const refusedWith = (code: string) => expect.objectContaining({ code });
const over = refusedWith("CONFLICT");
const foreign = refusedWith("FORBIDDEN");

describe("what waits for its person", () => {
  test("is told as it was asked, and where the answer would lead", async () => {
    const { browser, uid } = await waiting({ scope: "openid tasks:write tasks:read tasks:read unheard:of" });
    const told = await pending(browser, uid);
    expect(told).toMatchObject({
      uid,
      userId: browser.person.id,
      client: { id: client.client_id, name: "Aide", host: null, trust: "self" },
      redirectUri,
      isLoopbackOnly: false,
      asked: ["openid", "tasks:write", "tasks:read"],
      firstSeen: null,
      replaceable: [],
    });
    const minutes = (told.expiresAt.getTime() - Date.now()) / 60_000;
    expect(minutes > 9 && minutes <= 10).toBe(true);
    expect(await redirectOf(uid)).toBe(redirectUri);
    expect(await redirectOf("nothing")).toBeNull();
  });

  test("is unknown to another browser, another person, and under another name (requirements +04)", async () => {
    const request = await waiting();
    const { browser, uid } = request;
    const [other, own] = [await waiting(), await browser.actor()];
    const stranger = await other.browser.actor();
    expect(await pendingConsent(headersOf(other), stranger, uid)).toBeNull();
    expect(await pendingConsent(headersOf(other), own, uid)).toBeNull();
    expect(await pendingConsent(headersOf(request), stranger, uid)).toBeNull();
    expect(await pendingConsent(new Headers(), own, uid)).toBeNull();
    for (const name of ["", "nothing", "__proto__", other.uid, `${uid}x`, "x".repeat(5000)])
      expect(await pendingConsent(headersOf(request), own, name)).toBeNull();
    expect(await pendingConsent(headersOf(request), own, uid)).not.toBeNull();
  });

  test("a cookie that was changed names nothing", async () => {
    const request = await waiting();
    const own = await request.browser.actor();
    const cookie = headersOf(request).get("cookie") ?? "";
    expect(cookie).toContain("mindflow.as-request=");
    for (const changed of [
      cookie.replace(/mindflow\.as-request\.sig=[^;]+/, "mindflow.as-request.sig=x"),
      cookie.replace(/; mindflow\.as-request\.sig=[^;]+|mindflow\.as-request\.sig=[^;]+; /, ""),
      cookie.replace(/mindflow\.as-request=[^;]+/, `mindflow.as-request=${(await waiting()).uid}`),
    ])
      expect(await pendingConsent(new Headers({ cookie: changed }), own, request.uid)).toBeNull();
  });

  test("is over after ten minutes (requirements S0-17)", async () => {
    const request = await waiting();
    await run("UPDATE oauth_records SET expires_at = now() - interval '1 second' WHERE model = 'Interaction'");
    expect(await pendingConsent(headersOf(request), await request.browser.actor(), request.uid)).toBeNull();
    await expect(yes(request)).rejects.toEqual(over);
    await expect(no(request)).rejects.toEqual(over);
    expect(await grantsOf(request.browser.person)).toEqual([]);
  });
});

describe("the person's yes", () => {
  test("makes one connection, its audit and its notice, and leads to a code", async () => {
    const request = await waiting();
    const { location } = await request.browser.follow(new URL(await yes(request), env().APP_URL).pathname);
    expect(new URL(location ?? "").searchParams.get("code")).toBeTruthy();
    const [grant, ...others] = await grantsOf(request.browser.person);
    expect(others).toEqual([]);
    expect(grant).toMatchObject({ scopes: ["tasks:read", "tasks:write"], endedBy: null, hours: 720 });
    const audits = await run("SELECT action, result, via FROM audit_events WHERE grant_id = $1", [grant?.id]);
    expect(audits).toEqual([{ action: "connection.approved", result: "success", via: "browser" }]);
    const notices = await run("SELECT type FROM notifications WHERE user_id = $1", [request.browser.person.id]);
    expect(notices).toEqual([{ type: "ASSISTANT_CONNECTED" }]);
  });

  test.each([
    ["https://claude.ai/oauth/mcp-oauth-client-metadata", "https://claude.ai/api/mcp/auth_callback", "verified"],
    ["https://claude.ai/oauth/claude-code-client-metadata", "http://localhost:5123/callback", "domain"],
  ])("%s stays as sure as the page said it is: any program here can call itself so", async (client_id, uri, trust) => {
    const known = { client_id, redirect_uris: [uri] };
    const { browser } = await connect({ client: known });
    const kept = await run("SELECT trust FROM grants WHERE user_id = $1", [browser.person.id]);
    expect(kept).toEqual([{ trust }]);
  });

  test("lasts as long as was chosen", async () => {
    for (const [lifetime, hours] of [
      ["hour", 1],
      ["day", 24],
      ["month", 720],
      ["quarter", 2160],
      ["open", null],
    ] as const) {
      const request = await waiting();
      await yes(request, { lifetime });
      expect(await grantsOf(request.browser.person)).toMatchObject([{ hours }]);
    }
  });

  test("counts once: again is over, and nothing is added", async () => {
    const request = await waiting();
    await yes(request);
    await expect(yes(request)).rejects.toEqual(over);
    await expect(no(request)).rejects.toEqual(over);
    expect(await pendingConsent(headersOf(request), await request.browser.actor(), request.uid)).toBeNull();
    expect(await grantsOf(request.browser.person)).toHaveLength(1);
  });

  test("twenty at the same time are one; of yes and no at once one counts", async () => {
    const request = await waiting();
    const settled = await Promise.allSettled(Array.from({ length: 20 }, () => yes(request)));
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const one of settled) if (one.status === "rejected") expect(one.reason).toEqual(over);
    expect(await grantsOf(request.browser.person)).toHaveLength(1);
    for (let round = 0; round < 5; round++) {
      const both = await waiting();
      const answers = await Promise.allSettled([yes(both), no(both)]);
      expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect((await grantsOf(both.browser.person)).length).toBe(answers[0]?.status === "fulfilled" ? 1 : 0);
    }
  });

  test("leads to one code, however often the browser goes on at once", async () => {
    for (let round = 0; round < 3; round++) {
      const request = await waiting();
      const next = new URL(await yes(request), env().APP_URL).pathname;
      const answers = await Promise.all(Array.from({ length: 10 }, () => request.browser.get(next)));
      const led = answers.filter((answer) => /[?&]code=/.test(answer.headers.get("location") ?? ""));
      expect([led.length, answers.filter(({ status }) => status === 400).length]).toEqual([1, 9]);
    }
  });

  test("is cut to what was asked, whatever the form says (security OA-08)", async () => {
    const request = await waiting({ scope: "tasks:read" });
    const more = ["tasks:read", "tasks:write", "tasks:delete", "notifications:read", "openid", "admin"] as TokenScope[];
    await yes(request, { scopes: more });
    expect(await grantsOf(request.browser.person)).toMatchObject([{ scopes: ["tasks:read"] }]);
  });

  test("may be to less than was asked", async () => {
    const request = await waiting({ scope: "openid offline_access email tasks:read tasks:write tasks:delete" });
    await yes(request, { scopes: ["tasks:write"] });
    expect(await grantsOf(request.browser.person)).toMatchObject([{ scopes: ["openid", "tasks:write"] }]);
  });

  test("to nothing is none, and the request stays open", async () => {
    for (const scope of ["openid email tasks:read", "tasks:read"]) {
      const request = await waiting({ scope });
      for (const scopes of [[], ["openid"], ["email"], ["tasks:delete"]] as TokenScope[][])
        await expect(yes(request, { scopes })).rejects.toEqual(refusedWith("VALIDATION_ERROR"));
      expect(await grantsOf(request.browser.person)).toEqual([]);
      await yes(request, { scopes: ["tasks:read"] });
    }
  });

  test("by another person, or out of another browser, is none", async () => {
    const request = await waiting();
    const other = await waiting();
    const [own, stranger] = [await request.browser.actor(), await other.browser.actor()];
    const attempts: [Headers, typeof own, string][] = [
      [headersOf(other), own, request.binding],
      [headersOf(other), stranger, request.binding],
      [headersOf(request), stranger, request.binding],
      [headersOf(request), stranger, other.binding],
      [new Headers(), own, request.binding],
    ];
    for (const [headers, actor, binding] of attempts) {
      await expect(approveConsent(headers, actor, request.uid, binding, choice, origin())).rejects.toEqual(over);
      await expect(refuseConsent(headers, actor, request.uid, binding, origin())).rejects.toEqual(over);
    }
    expect(await grantsOf(request.browser.person)).toEqual([]);
    expect(await grantsOf(other.browser.person)).toEqual([]);
    await yes(request);
  });

  test("by a form that was not made for it is none (requirements M-31, security WB-04)", async () => {
    const request = await waiting();
    const sibling = await waiting({ browser: request.browser });
    const { binding } = request;
    const at = Math.floor(binding.length / 2);
    for (const wrong of [
      "",
      "x",
      binding.slice(1),
      binding.slice(0, -10),
      `x${binding}`,
      binding.slice(0, at) + (binding[at] === "A" ? "B" : "A") + binding.slice(at + 1),
      binding.repeat(20),
      sibling.binding,
      "Fe26.2**x*x*x**x*x",
    ]) {
      await expect(yes(request, { binding: wrong })).rejects.toEqual(foreign);
      await expect(no(request, wrong)).rejects.toEqual(foreign);
    }
    expect(await grantsOf(request.browser.person)).toEqual([]);
    await yes(request);
  });

  test("by a form of the same person's earlier sign-in is none", async () => {
    const request = await waiting();
    request.browser.takeSessionOf(await browserOf(request.browser.person));
    await expect(yes(request)).rejects.toEqual(foreign);
    await expect(no(request)).rejects.toEqual(foreign);
    const { binding } = await pending(request.browser, request.uid);
    await yes(request, { binding });
  });

  test("by a form that lay about for longer than the request waits is none", async () => {
    const request = await waiting();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 720_000 });
    await expect(yes(request)).rejects.toEqual(over);
    vi.useRealTimers();
    expect(await grantsOf(request.browser.person)).toEqual([]);
  });

  test("leads nobody but the one who gave it to the code (security OA-02)", async () => {
    const request = await waiting();
    const returnTo = new URL(await yes(request), env().APP_URL).pathname;
    const other = await newBrowser();
    expect((await other.get(returnTo)).status).toBe(400);
    // Another person took over the browser in between.
    request.browser.takeSessionOf(other);
    const answer = await request.browser.get(returnTo);
    expect([answer.status, answer.headers.get("location")]).toEqual([400, null]);
  });
});

describe("connecting again", () => {
  test("makes another connection; the page knows of the first and ends it only when asked to", async () => {
    const first = await connect({ client });
    const second = await connect({ client, browser: first.browser });
    expect(await callWith(first.tokens.access_token)).toBe(200);
    const request = await waiting({ browser: first.browser });
    const told = await pending(first.browser, request.uid);
    expect(told.firstSeen).toBeInstanceOf(Date);
    expect(told.replaceable.map(({ id }) => id).sort()).toEqual([first.grantId, second.grantId].sort());
    await yes(request, { replace: true });
    for (const { tokens } of [first, second]) expect(await callWith(tokens.access_token)).toBe(401);
    expect((await grantsOf(first.browser.person)).map(({ endedBy }) => endedBy)).toEqual([
      "replaced",
      "replaced",
      null,
    ]);
  });

  test("replaces neither another person's, nor another client's, nor one that leads elsewhere, nor an ended one", async () => {
    const shared = await register({ redirect_uris: [redirectUri, "https://app.example/other"] });
    const mine = await connect({ client: shared });
    const { browser } = mine;
    const another = await connect({ client: shared });
    const otherClient = await connect({ client, browser });
    const request = await waiting({ browser, client: shared });
    const elsewhere = await authorize(
      browser,
      requestOf(shared, newPkce(), { redirect_uri: "https://app.example/other" }),
    );
    await approve(browser, elsewhere.uid);
    const before = await grantsOf(browser.person);
    await yes(request, { replace: true });
    expect(await callWith(mine.tokens.access_token)).toBe(401);
    expect(await callWith(another.tokens.access_token)).toBe(200);
    expect(await callWith(otherClient.tokens.access_token)).toBe(200);
    const ended = (await grantsOf(browser.person)).filter(({ endedBy }) => endedBy !== null).map(({ id }) => id);
    expect(ended).toEqual([mine.grantId]);
    expect(before).toHaveLength(3);
  });
});

describe("the person's no", () => {
  test("is told to the app, written down, and makes nothing", async () => {
    const request = await waiting();
    const { location } = await request.browser.follow(new URL(await no(request), env().APP_URL).pathname);
    expect(new URL(location ?? "").searchParams.get("error")).toBe("access_denied");
    expect(await grantsOf(request.browser.person)).toEqual([]);
    const codes = await run("SELECT FROM oauth_records WHERE model = 'AuthorizationCode' AND user_id = $1", [
      request.browser.person.id,
    ]);
    expect(codes).toEqual([]);
    const audits = await run("SELECT action, code FROM audit_events WHERE user_id = $1", [request.browser.person.id]);
    expect(audits).toEqual([{ action: "connection.declined", code: "access_denied" }]);
    await expect(no(request)).rejects.toEqual(over);
  });
});

describe("signing in on the way", () => {
  test("goes on as whoever is signed in, once, in the browser that asked", async () => {
    const stranger = await newBrowser();
    const request = await waiting();
    const actor = await request.browser.actor();
    // This request is past signing in; and another browser's was never this one's.
    expect(await continueAs(headersOf(request), actor, request.uid)).toBeNull();
    const answer = await stranger.get(`/oauth/consent/${request.uid}/sign-in`);
    expect([answer.status, answer.headers.get("location")]).toEqual([409, null]);
  });

  test("a code is for the person who approved, also when two requests wait in one browser", async () => {
    const browser = await browserOf(await makePerson());
    const [first, second] = [await waiting({ browser }), await waiting({ browser })];
    for (const request of [second, first]) {
      const callback = await approve(browser, request.uid);
      const code = callback.searchParams.get("code") ?? "";
      await tokensOf(
        await exchange({ client, code, verifier: request.pkce.verifier, redirect: redirectUri, callback }),
      );
    }
    expect(await grantsOf(browser.person)).toHaveLength(2);
  });
});
