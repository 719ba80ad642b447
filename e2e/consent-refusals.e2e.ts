import type { Page } from "@playwright/test";
import { all, allow, fieldsOf, grantsOf, lifetime, over, preset, test, toggle } from "./consent.ts";
import { expect, expectNoSidewaysScroll, givePassword, password, query } from "./fixtures.ts";
import type { Answer } from "./oauth.ts";
import { heading, signIn } from "./pages.ts";

test.describe("what does not count", () => {
  const post = (page: Page, form: Record<string, string>, headers: Record<string, string> = {}) =>
    page.request.post(`${page.url().split("?")[0]}/decide`, {
      form,
      headers: { origin: new URL(page.url()).origin, "sec-fetch-site": "same-origin", ...headers },
      maxRedirects: 0,
    });

  test("scopes beyond those that were asked and shown are cut off (security OA-08)", async ({
    page,
    person,
    ask,
    listener,
  }) => {
    await page.goto((await ask({ scope: "tasks:read email" })).address);
    const fields = { ...(await fieldsOf(page)), preset: "full", "tasks:delete": "on", identity: "on" };
    const answer = await post(page, fields);
    expect(answer.status()).toBe(303);
    await page.goto(answer.headers().location ?? "");
    await listener.answer(page);
    expect((await grantsOf(person.id)).map(({ scopes }) => [...scopes].sort())).toEqual([["email", "tasks:read"]]);
  });

  test("a second answer, a reload of the page after it, a made-up request and somebody else's: all are over", async ({
    page,
    person,
    account,
    ask,
    listener,
    browser,
    baseURL,
  }) => {
    expect(account.id).toBe(person.id);
    await page.goto((await ask()).address);
    const [address, fields] = [page.url(), await fieldsOf(page)];
    const stranger = await browser.newContext(baseURL ? { baseURL } : {});
    const theirs = await stranger.newPage();
    await theirs.goto(address);
    await expect(theirs).toHaveURL(/\/sign-in\?returnTo=/);
    // The same person in another browser did not start it.
    await stranger.addCookies([{ ...person.cookie, domain: "localhost", path: "/", secure: true, httpOnly: true }]);
    expect((await theirs.goto(address))?.status()).toBe(404);
    await expect(heading(theirs, over)).toBeVisible();
    expect((await post(theirs, fields)).status()).toBe(409);
    await stranger.close();

    await allow(page).click();
    await listener.answer(page);
    expect((await page.goto(address))?.status()).toBe(404);
    await expect(heading(page, over)).toBeVisible();
    await expect(page.getByText("start again in the assistant itself")).toBeVisible();
    for (const decision of ["allow", "cancel"]) {
      const again = await post(page, { ...fields, decision });
      expect([again.status(), again.headers().location]).toEqual([409, undefined]);
      expect(await again.text()).toContain(over);
    }
    expect((await page.goto("/oauth/consent/made-up"))?.status()).toBe(404);
    await expect(heading(page, over)).toBeVisible();
    expect([await grantsOf(person.id), listener.count]).toMatchObject([[{ ended_at: null }], 1]);
  });

  test("a request that waited for more than ten minutes is over", async ({ page, person, ask, listener }) => {
    await page.goto((await ask()).address);
    const fields = await fieldsOf(page);
    await query(
      `UPDATE oauth_records SET expires_at = now() - interval '1 second'
       WHERE model = 'Interaction' AND payload->'session'->>'accountId' = $1`,
      [person.id],
    );
    expect((await post(page, fields)).status()).toBe(409);
    expect((await page.reload())?.status()).toBe(404);
    await expect(heading(page, over)).toBeVisible();
    expect([await grantsOf(person.id), listener.count]).toEqual([[], 0]);
  });

  test("a form that is not the page's own is refused, writes nothing and leads nowhere (requirements M-31, +04)", async ({
    page,
    person,
    ask,
    listener,
  }) => {
    const app = await ask();
    await page.goto(app.address);
    const fields = await fieldsOf(page);
    await page.goto((await ask()).address);
    const foreign = fields.binding ?? "";
    const own = (await fieldsOf(page)).binding ?? "";
    const tampered: [string, Record<string, string>, Record<string, string>, number][] = [
      ["the binding of another request", { ...fields, binding: foreign }, {}, 403],
      ["a made-up binding", { ...fields, binding: "x" }, {}, 403],
      ["a binding that lost its end", { ...fields, binding: own.slice(0, -3) }, {}, 403],
      ["no binding", { decision: "allow", preset: "help", lifetime: "month" }, {}, 422],
      ["a redirect of its own", { ...fields, binding: own, redirect_uri: "https://evil.example" }, {}, 422],
      ["another person", { ...fields, binding: own, user_id: person.id }, {}, 422],
      ["an endless time", { ...fields, binding: own, lifetime: "forever" }, {}, 422],
      ["another site", { ...fields, binding: own }, { origin: "https://evil.example" }, 403],
      ["no site", { ...fields, binding: own }, { origin: "null" }, 403],
      ["another site by its own word", { ...fields, binding: own }, { "sec-fetch-site": "cross-site" }, 403],
    ];
    for (const [what, form, headers, status] of tampered)
      for (const decision of ["allow", "cancel"]) {
        const answer = await post(page, "decision" in form ? { ...form, decision } : form, headers);
        expect([what, answer.status(), answer.headers().location]).toEqual([what, status, undefined]);
        expect(answer.headers()["content-security-policy"]).toContain("frame-ancestors 'none'");
      }
    expect((await page.request.get(`${page.url()}/decide`)).status()).toBe(405);
    expect([await grantsOf(person.id), listener.count]).toEqual([[], 0]);
    // And still, the page itself goes on.
    await allow(page).click();
    await listener.answer(page);
    expect(await grantsOf(person.id)).toHaveLength(1);
  });

  test("an answer sent under another session than the page was made for is refused", async ({
    page,
    person,
    ask,
    context,
  }) => {
    await page.goto((await ask()).address);
    const fields = await fieldsOf(page);
    await givePassword(person);
    await context.clearCookies({ name: person.cookie.name });
    const signedOut = await post(page, fields);
    expect([signedOut.status(), signedOut.headers().location]).toEqual([
      303,
      `/sign-in?returnTo=${encodeURIComponent(new URL(page.url()).pathname)}`,
    ]);
    const address = page.url();
    await page.goto(signedOut.headers().location ?? "");
    await signIn(page, person.email, password);
    await expect(page).toHaveURL(address);
    expect((await post(page, fields)).status()).toBe(403);
    expect(await grantsOf(person.id)).toEqual([]);
  });

  test("Enter neither allows nor cancels, wherever the keyboard is", async ({ page, person, ask, listener }) => {
    await page.goto((await ask({ scope: all })).address);
    const address = page.url();
    for (const control of [
      preset(page, "Help"),
      lifetime(page, "30 days"),
      toggle(page, "Tasks"),
      toggle(page, "Your name and e-mail address"),
    ]) {
      await control.focus();
      await page.keyboard.press("Enter");
    }
    await expect(page).toHaveURL(address);
    expect([await grantsOf(person.id), listener.count]).toEqual([[], 0]);
  });

  test("a double click answers once", async ({ page, person, ask, listener }) => {
    await page.goto((await ask()).address);
    await allow(page).dblclick();
    await listener.answer(page);
    expect([(await grantsOf(person.id)).length, listener.count]).toEqual([1, 1]);
  });
});

test.describe("who asks", () => {
  // The browser says that it refused to show the frame.
  test.use({ expectedNoise: /frame-ancestors|X-Frame-Options/ });

  test("a name made to mislead is shown without what misleads, and warned about", async ({ page, person, ask }) => {
    expect(person.id).toBeTruthy();
    await page.goto((await ask({ name: "Сl\u200Baude \u202Eyb deifirev\u202C <b>official</b>" })).address);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(
      "Let Сl aude yb deifirev <b>official</b> work with your tasks?",
    );
    await expect(page.getByText("Nothing here proves that it belongs to Claude")).toBeVisible();
    expect(await page.getByRole("main").locator("img").count()).toBe(0);
  });

  test("another site cannot put the page in a frame", async ({ page, person, ask, listener }) => {
    expect(person.id).toBeTruthy();
    await page.goto((await ask()).address);
    const address = page.url();
    await page.goto(listener.redirectUri.replace("/callback", "/"));
    await page.evaluate((src) => {
      const frame = document.createElement("iframe");
      frame.src = src;
      document.body.append(frame);
    }, address);
    await expect.poll(() => page.frames().length).toBe(2);
    await expect.poll(() => page.frames()[1]?.url()).toMatch(/^chrome-error:/);
  });

  test("a name as long as a book stays a line or two", async ({ page, person, ask }) => {
    expect(person.id).toBeTruthy();
    await page.setViewportSize({ width: 320, height: 780 });
    await page.goto((await ask({ name: "W".repeat(255) })).address);
    await expect(page.getByRole("heading", { level: 1 })).toContainText("…");
    await expectNoSidewaysScroll(page);
  });

  test("the page may lead where the answer goes, to another site as to an app, and nowhere else", async ({
    page,
    person,
    ask,
  }) => {
    expect(person.id).toBeTruthy();
    for (const [redirectUri, source] of [
      ["https://aide.example/callback?kept=1", "https://aide.example"],
      ["cursor://anysphere.cursor-mcp/oauth/callback", "cursor:"],
    ] as const) {
      const answer = await page.goto((await ask({ redirectUri })).address);
      const csp = answer?.headers()["content-security-policy"] ?? "";
      expect(csp).toContain(`form-action 'self' ${source};`);
      expect(csp).toContain("frame-ancestors 'none'");
      expect(answer?.headers()["referrer-policy"]).toBe("same-origin");
    }
  });
});

/** Where the browser went last, whether or not it got there. */
const ways: [string, string][] = [
  ["another site", "https://aide.example/callback?kept=1"],
  ["an app's own scheme", "cursor://anysphere.cursor-mcp/oauth/callback"],
];
test.describe("the way back", () => {
  test.use({ expectedNoise: /net::ERR_NAME_NOT_RESOLVED|net::ERR_UNKNOWN_URL_SCHEME|Failed to launch/ });

  for (const [what, redirectUri] of ways)
    test(`a form, two redirects, and then ${what}: the browser goes there with the code`, async ({
      page,
      person,
      ask,
    }) => {
      const app = await ask({ redirectUri });
      await page.goto(app.address);
      const session = await page.context().newCDPSession(page);
      await session.send("Network.enable");
      const locations: string[] = [];
      session.on("Network.requestWillBeSent", ({ request }) => void locations.push(request.url));
      session.on("Network.responseReceivedExtraInfo", ({ headers }) => {
        const to = headers.Location ?? headers.location;
        if (to) locations.push(to);
      });
      const refused: string[] = [];
      page.on("console", (message) => refused.push(message.text()));
      await allow(page).click();
      await expect.poll(() => locations.find((url) => url.startsWith(redirectUri.split("?")[0] ?? ""))).toBeTruthy();
      const url = new URL(locations.findLast((each) => each.startsWith(redirectUri.split("?")[0] ?? "")) ?? "");
      const answer: Answer = Object.fromEntries(url.searchParams);
      expect(answer).toMatchObject({ code: expect.any(String), state: app.state });
      if (redirectUri.includes("kept")) expect(answer.kept).toBe("1");
      if (what !== "another site")
        await expect(page.getByText("Your answer is on its way. If nothing opened, go back to the app.")).toBeVisible();
      expect(refused.filter((text) => /Content Security Policy|form-action/.test(text))).toEqual([]);
      expect(await grantsOf(person.id)).toHaveLength(1);
    });
});
