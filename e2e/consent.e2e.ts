import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { test as base, expect, expectNoSidewaysScroll, givePassword, password, query, seedTasks } from "./fixtures.ts";
import { type Answer, type App, askFor, Listener, redeem } from "./oauth.ts";
import { alerted, heading, signIn } from "./pages.ts";

type Ask = (wish?: { name?: string; scope?: string; redirectUri?: string; clientId?: string }) => Promise<App>;

const test = base.extend<{ listener: Listener; ask: Ask }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what is needed here.
  listener: async ({}, use) => {
    const listener = await Listener.start();
    await use(listener);
    await listener.stop();
  },
  /** Makes the address that an app opens in the person's browser. */
  ask: async ({ baseURL, listener }, use) =>
    use((wish) => askFor(baseURL ?? "", { redirectUri: listener.redirectUri, ...wish })),
});

const all = "tasks:read tasks:write tasks:delete notifications:read openid profile email offline_access";
const over = "This request is over";
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const allow = (page: Page) => page.getByRole("button", { name: "Allow" });
const cancel = (page: Page) => page.getByRole("button", { name: "Cancel" });
const preset = (page: Page, name: string) => page.getByRole("radio", { name: new RegExp(`^${name}`) });
const lifetime = (page: Page, name: string) => page.getByRole("radio", { name, exact: true });
const toggle = (page: Page, name: string) => page.getByRole("switch", { name, exact: true });
/** What can be read of the sentence beside the two answers; every form it can take is in the page. */
const says = (page: Page, words: string | RegExp) =>
  expect(page.getByRole("contentinfo").locator("p")).toContainText(words, { useInnerText: true });
const uidOf = (page: Page) => new URL(page.url()).pathname.split("/").at(-1) ?? "";

type Grant = { scopes: string[]; days: number | null; ended_at: Date | null };
const grantsOf = (userId: string) =>
  query<Grant>(
    `SELECT scopes, ended_at, round(extract(epoch FROM expires_at - created_at) / 86400.0, 3)::float8 AS days
     FROM grants WHERE user_id = $1 ORDER BY created_at`,
    [userId],
  );

/** What the page would send, for a post by hand. */
const fieldsOf = async (page: Page): Promise<Record<string, string>> => ({
  binding: await page.locator('input[name="binding"]').inputValue(),
  decision: "allow",
  preset: "help",
  lifetime: "month",
});

test.describe("a person lets an assistant in", () => {
  for (const javaScriptEnabled of [true, false])
    test.describe(javaScriptEnabled ? "with script" : "without script", () => {
      test.use({ javaScriptEnabled });

      test("as it is proposed: reading and editing for 30 days, by a code that only the app can use", async ({
        page,
        person,
        ask,
        listener,
        baseURL,
      }) => {
        await seedTasks(person, ["One", "Two", "Three"]);
        const app = await ask({ name: "Aide", scope: all });
        await page.goto(app.address);
        await expect(page).toHaveURL(/\/oauth\/consent\/[\w-]+$/);
        await expect(heading(page, "Let Aide work with your tasks?")).toBeVisible();
        for (const words of [
          "Unverified: chose its own name",
          "no address of its own",
          `an app on this computer, port ${new URL(listener.redirectUri).port}`,
          new URL(baseURL ?? "").host,
          "First time here.",
          "An app on this computer asks.",
          "change your password, mail or second factor",
          "create keys or invite people",
          "approve its own requests",
          "see other people",
        ])
          await expect(page.getByRole("main").getByText(words).first()).toBeVisible();
        await expect(page.getByRole("main")).toContainText(person.name);
        await expect(page.getByRole("main")).toContainText(person.email);
        await expect(page.getByRole("main")).toContainText("of your 3 tasks");
        await expect(preset(page, "Help")).toBeChecked();
        await expect(lifetime(page, "30 days")).toBeChecked();
        await says(page, /Aide may read and edit your tasks, and read your notifications until/);
        await says(page, "It cannot delete.");
        await allow(page).click();
        const answer = await listener.answer(page);
        expect(answer).toEqual({ code: expect.any(String), state: app.state, iss: baseURL });
        expect(await redeem(baseURL ?? "", app, answer.code ?? "")).toMatchObject({
          status: 200,
          scope: "tasks:read tasks:write notifications:read",
        });
        const [grant] = await grantsOf(person.id);
        expect(grant?.days).toBe(30);
        expect(grant?.scopes).not.toContain("tasks:delete");
        expect(grant?.scopes).toEqual(expect.arrayContaining(["profile", "email"]));
      });

      for (const [label, days] of [
        ["1 hour", 0.042],
        ["1 day", 1],
        ["90 days", 90],
        ["Until I stop it", null],
      ] as const)
        test(`for as long as they say: ${label}`, async ({ page, person, ask, listener }) => {
          await page.goto((await ask()).address);
          await lifetime(page, label).check();
          await says(
            page,
            days === null ? "until you stop it" : days < 2 ? /until (today|tomorrow) at \d\d:\d\d/ : /until \d+ \w+/,
          );
          await expect(
            page.getByText(days === null ? "No end." : /^Ends \w+ \d+ \w+ 20\d\d/).filter({ visible: true }),
          ).toHaveCount(1);
          await allow(page).click();
          await listener.answer(page);
          expect((await grantsOf(person.id)).map((grant) => grant.days)).toEqual([days]);
        });

      test("to look only, or with deleting, by a preset alone", async ({ page, person, ask, listener }) => {
        for (const [name, words, scopes] of [
          ["Look only", "may read your tasks, and read your notifications", ["tasks:read", "notifications:read"]],
          [
            "Full",
            "may read, edit and delete your tasks, and read your notifications",
            ["tasks:read", "tasks:write", "tasks:delete", "notifications:read"],
          ],
        ] as const) {
          await page.goto((await ask({ scope: all })).address);
          await preset(page, name).check();
          await toggle(page, "Your name and e-mail address").uncheck();
          await says(page, words);
          await allow(page).click();
          await listener.answer(page);
          const grant = (await grantsOf(person.id)).at(-1);
          expect(grant?.scopes.filter((scope) => scope.includes(":")).sort()).toEqual([...scopes].sort());
          expect(grant?.scopes).not.toContain("profile");
          expect(grant?.scopes).not.toContain("email");
        }
      });

      test("as they choose, switch by switch", async ({ page, person, ask, listener, baseURL }) => {
        const app = await ask({ scope: all });
        await page.goto(app.address);
        await preset(page, "Choose myself").check();
        await toggle(page, "Tasks").uncheck();
        await toggle(page, "Notifications").uncheck();
        await toggle(page, "Add, edit and complete tasks").uncheck();
        await says(page, "may do nothing until");
        await says(page, "Switch something on before you allow it.");
        await toggle(page, "Tasks").check();
        await toggle(page, "Move tasks to the trash").check();
        await says(page, "may read and delete your tasks until");
        await says(page, "What it deletes stays in the trash for 30 days.");
        await allow(page).click();
        const answer = await listener.answer(page);
        expect((await redeem(baseURL ?? "", app, answer.code ?? "")).scope?.split(" ").sort()).toEqual([
          "tasks:delete",
          "tasks:read",
        ]);
        expect((await grantsOf(person.id))[0]?.scopes).not.toContain("tasks:write");
      });

      test("not at all: the app hears access_denied, with its state and from whom", async ({
        page,
        person,
        ask,
        listener,
        baseURL,
      }) => {
        const app = await ask();
        await page.goto(app.address);
        await cancel(page).click();
        expect(await listener.answer(page)).toEqual({
          error: "access_denied",
          error_description: expect.any(String),
          state: app.state,
          iss: baseURL,
        });
        expect(await grantsOf(person.id)).toEqual([]);
      });

      test("allowing nothing goes back to the page, which says so and keeps the choice", async ({
        page,
        person,
        ask,
        listener,
      }) => {
        await page.goto((await ask({ scope: all })).address);
        await preset(page, "Choose myself").check();
        for (const name of ["Tasks", "Notifications", "Add, edit and complete tasks", "Your name and e-mail address"])
          await toggle(page, name).uncheck();
        await lifetime(page, "1 day").check();
        await allow(page).click();
        await expect(alerted(page, "Nothing was allowed yet: switch on at least one thing, or cancel.")).toBeVisible();
        await expect(preset(page, "Choose myself")).toBeChecked();
        await expect(lifetime(page, "1 day")).toBeChecked();
        await expect(toggle(page, "Your name and e-mail address")).not.toBeChecked();
        expect([await grantsOf(person.id), listener.count]).toEqual([[], 0]);
        await toggle(page, "Tasks").check();
        await allow(page).click();
        await listener.answer(page);
        expect(await grantsOf(person.id)).toMatchObject([{ days: 1 }]);
      });

      test("who is not the one signed in switches, and the request starts over as theirs", async ({
        page,
        person,
        ask,
        listener,
      }) => {
        const [other] = await query<{ id: string; email: string }>(
          "INSERT INTO users (id, email, name) VALUES (gen_random_uuid(), gen_random_uuid() || '@example.com', 'Bo Ek') RETURNING id, email",
        );
        await givePassword({ ...person, id: other?.id ?? "" });
        await page.goto((await ask()).address);
        const first = uidOf(page);
        await page.getByRole("button", { name: "Not you? Switch account" }).click();
        await expect(heading(page, "Sign in")).toBeVisible();
        await signIn(page, other?.email ?? "", password);
        await expect(heading(page, "Let Aide work with your tasks?")).toBeVisible();
        await expect(page.getByRole("main")).toContainText(other?.email ?? "");
        await expect(page.getByRole("main")).not.toContainText(person.email);
        expect(uidOf(page)).not.toBe(first);
        await allow(page).click();
        await listener.answer(page);
        expect([await grantsOf(person.id), (await grantsOf(other?.id ?? "")).length]).toEqual([[], 1]);
      });
    });

  test("signed out, they sign in first and come to the same request", async ({ page, account, ask, listener }) => {
    await givePassword(account);
    await page.goto((await ask()).address);
    await expect(heading(page, "Sign in")).toBeVisible();
    await signIn(page, account.email, password);
    await expect(heading(page, "Let Aide work with your tasks?")).toBeVisible();
    await allow(page).click();
    await listener.answer(page);
    expect(await grantsOf(account.id)).toHaveLength(1);
  });

  test("a new connection leaves the one before alone, unless they say it replaces it", async ({
    page,
    person,
    ask,
    listener,
  }) => {
    const { clientId } = await ask();
    for (const [replaces, alive] of [
      [false, [true]],
      [false, [true, true]],
      [true, [false, false, true]],
    ] as const) {
      await page.goto((await ask({ clientId })).address);
      const box = page.getByRole("switch", { name: /^Replace the / });
      if (alive.length > 1) await expect(box).not.toBeChecked();
      else await expect(box).toHaveCount(0);
      await expect(page.getByText("First time here.")).toHaveCount(alive.length > 1 ? 0 : 1);
      await says(page, /^(?!.*ends\.)/s);
      if (replaces) {
        await box.check();
        await says(page, "What was connected before ends.");
      }
      await allow(page).click();
      await listener.answer(page);
      expect((await grantsOf(person.id)).map((grant) => grant.ended_at === null)).toEqual(alive);
    }
  });
});

test.describe("presets and switches", () => {
  test("with script, switches follow the preset, and a flipped switch finds its preset or “Choose myself”", async ({
    page,
    person,
    ask,
  }) => {
    expect(person.id).toBeTruthy();
    await page.goto((await ask({ scope: all })).address);
    const states = () =>
      Promise.all(
        ["Tasks", "Notifications", "Add, edit and complete tasks", "Move tasks to the trash"].map((name) =>
          toggle(page, name).isChecked(),
        ),
      );
    await expect(toggle(page, "Tasks")).toBeVisible();
    expect(await states()).toEqual([true, true, true, false]);
    await preset(page, "Look only").check();
    expect(await states()).toEqual([true, true, false, false]);
    await preset(page, "Full").check();
    expect(await states()).toEqual([true, true, true, true]);
    await toggle(page, "Move tasks to the trash").uncheck();
    await expect(preset(page, "Help")).toBeChecked();
    await toggle(page, "Notifications").uncheck();
    await expect(preset(page, "Choose myself")).toBeChecked();
    await toggle(page, "Notifications").check();
    await expect(preset(page, "Help")).toBeChecked();
  });

  test.describe("without script", () => {
    test.use({ javaScriptEnabled: false });

    test("a preset says in words what is on; switches are there only for who chooses alone", async ({
      page,
      person,
      ask,
    }) => {
      expect(person.id).toBeTruthy();
      await page.goto((await ask({ scope: all })).address);
      const rowOf = (group: string) => page.getByRole("group", { name: group, exact: true });
      await expect(page.getByRole("switch")).toHaveCount(1);
      await expect(rowOf("Change").getByText("On", { exact: true })).toBeVisible();
      await expect(rowOf("Delete").getByText("Off", { exact: true })).toBeVisible();
      await preset(page, "Look only").check();
      await expect(rowOf("Change").getByText("Off", { exact: true })).toBeVisible();
      await preset(page, "Full").check();
      await expect(rowOf("Delete").getByText("On", { exact: true })).toBeVisible();
      await preset(page, "Choose myself").check();
      await expect(page.getByRole("switch")).toHaveCount(5);
      await expect(page.getByText(/^(On|Off)$/).filter({ visible: true })).toHaveCount(0);
      await expect(toggle(page, "Move tasks to the trash")).not.toBeChecked();
    });
  });

  for (const [scope, presets, switches] of [
    ["tasks:read", ["Look only", "Choose myself"], ["Tasks"]],
    ["tasks:read tasks:write", ["Look only", "Help", "Choose myself"], ["Tasks", "Add, edit and complete tasks"]],
    ["tasks:delete openid email", ["Full", "Choose myself"], ["Move tasks to the trash", "Your e-mail address"]],
    [
      all,
      ["Look only", "Help", "Full", "Choose myself"],
      [
        "Tasks",
        "Notifications",
        "Add, edit and complete tasks",
        "Move tasks to the trash",
        "Your name and e-mail address",
      ],
    ],
  ] as const)
    test(`asked for “${scope}”, the page shows that and nothing more`, async ({ page, person, ask }) => {
      expect(person.id).toBeTruthy();
      await page.goto((await ask({ scope })).address);
      await expect(heading(page, "Let Aide work with your tasks?")).toBeVisible();
      await expect(page.getByRole("group", { name: "How much may it do?" }).getByRole("radio")).toHaveCount(
        presets.length,
      );
      for (const name of presets) await expect(preset(page, name)).toHaveCount(1);
      await expect(page.getByRole("switch")).toHaveCount(switches.length);
      for (const name of switches) await expect(toggle(page, name)).toHaveCount(1);
      if (scope.includes("delete")) await expect(toggle(page, "Move tasks to the trash")).not.toBeChecked();
    });
});

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

test.describe("for everybody", () => {
  test.use({ contextOptions: { reducedMotion: "reduce" } });

  test("axe finds nothing, there is one heading, and nothing sticks out, in both themes and at every width", async ({
    page,
    person,
    ask,
  }) => {
    test.setTimeout(120_000);
    expect(person.id).toBeTruthy();
    const { clientId } = await ask({ name: "Claude", scope: all });
    const found: string[] = [];
    for (const [colorScheme, width] of [
      ["light", 1280],
      ["dark", 1280],
      ["light", 390],
      ["dark", 390],
      ["light", 320],
    ] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.goto((await ask({ clientId, scope: all })).address);
      for (const show of [
        async () => {},
        async () => {
          await page.getByText("Full address").click();
          await preset(page, "Choose myself").check();
        },
        async () => void (await page.goto("/oauth/consent/made-up")),
      ]) {
        await show();
        await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
        await expectNoSidewaysScroll(page);
        const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
        for (const { id, nodes } of violations)
          found.push(
            ...nodes.map(({ target, failureSummary }) => `${colorScheme} ${width} ${id} ${target}: ${failureSummary}`),
          );
      }
    }
    expect(found).toEqual([]);
  });

  test("read from right to left it keeps its order and sticks out nowhere", async ({ page, person, ask }) => {
    expect(person.id).toBeTruthy();
    for (const width of [1280, 390, 320]) {
      await page.setViewportSize({ width, height: 800 });
      await page.goto((await ask({ name: "مساعد", scope: all })).address);
      await page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));
      await expectNoSidewaysScroll(page);
      const [first, second] = [await cancel(page).boundingBox(), await allow(page).boundingBox()];
      expect((first?.x ?? 0) > (second?.x ?? 0)).toBe(true);
    }
  });

  test("by keyboard alone: every control is reached in order, and Space on Allow lets it in", async ({
    page,
    person,
    ask,
    listener,
  }) => {
    await page.goto((await ask({ scope: "tasks:read tasks:write" })).address);
    await expect(toggle(page, "Tasks")).toBeVisible();
    const reached: string[] = [];
    for (let step = 0; step < 20; step++) {
      await page.keyboard.press("Tab");
      const name = await page.evaluate(() => {
        const { activeElement: at } = document;
        if (!(at instanceof HTMLElement)) return "";
        const box = at.getBoundingClientRect();
        const name = at.getAttribute("value") ?? at.getAttribute("name") ?? at.textContent ?? "";
        return box.bottom > 0 && box.top < innerHeight ? name : `${name} is out of sight`;
      });
      reached.push(name);
      if (name === "look" || name === "help") await page.keyboard.press("ArrowLeft");
      if (name === "allow") break;
    }
    expect(reached).toEqual([
      "Not you? Switch account",
      "Full address",
      "help",
      "tasks:read",
      "tasks:write",
      "month",
      "Assistants",
      "cancel",
      "allow",
    ]);
    await says(page, "Aide may read your tasks until");
    await page.keyboard.press("Space");
    await listener.answer(page);
    expect((await grantsOf(person.id))[0]?.scopes).toEqual(["tasks:read"]);
  });
});
