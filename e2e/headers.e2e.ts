import type { APIResponse } from "@playwright/test";
import { expect, givePassword, password, query, seedTask, test } from "./fixtures.ts";
import { addTask, composer, heading, row, told } from "./pages.ts";

const cspOf = (answer: APIResponse) => answer.headers()["content-security-policy"] ?? "";
const nonceOf = (answer: APIResponse) => /script-src 'nonce-([\w+/=-]+)'/.exec(cspOf(answer))?.[1];

const open = ["/", "/sign-in", "/setup", "/sign-up", "/no/such/page", "/no-such.page"];
const inside = [
  "/next",
  "/today",
  "/inbox",
  "/all",
  "/trash",
  "/activity",
  "/assistants",
  "/notifications",
  "/settings",
  "/tasks/none",
];

for (const path of [...open, ...inside])
  test(`${path}: scripts need this answer's nonce, nobody may frame it, and it is kept by no one`, async ({
    page,
    person,
    context,
  }) => {
    if (open.includes(path)) await context.clearCookies();
    else expect(person.id).toBeTruthy();
    const [first, second] = [await page.request.get(path), await page.request.get(path)];
    expect(first.headers()).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin",
      "cross-origin-opener-policy": "same-origin",
      "cache-control": expect.stringContaining("no-store"),
      "x-request-id": expect.stringMatching(/^[\w-]{36}$/),
    });
    const csp = cspOf(first);
    for (const rule of ["frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'", "form-action 'self'"])
      expect(csp).toContain(rule);
    expect(csp.split(";").find((rule) => rule.includes("script-src"))).not.toMatch(/unsafe-(inline|eval)/);
    expect(nonceOf(first)).toBeTruthy();
    expect(nonceOf(first)).not.toBe(nonceOf(second));
    expect(first.headers()["x-request-id"]).not.toBe(second.headers()["x-request-id"]);
    const scripts = (await first.text()).match(/<script\b[^>]*>/g) ?? [];
    expect(scripts.length).toBeGreaterThan(0);
    for (const tag of scripts) expect(tag).toContain(`nonce="${nonceOf(first)}"`);
  });

test("a request's own id is taken over; one that could be mischief is not", async ({ page, person }) => {
  expect(person.id).toBeTruthy();
  const id = "0192f0a4-7d1c-7e55-9c0e-5f2f4b1f7a10";
  for (const path of ["/next", "/no/such/page", "/api/trpc/tasks.counts?input={}", "/api/v1/tasks"]) {
    const kept = await page.request.get(path, { headers: { "x-request-id": id } });
    expect([path, kept.headers()["x-request-id"]]).toEqual([path, id]);
    const bad = await page.request.get(path, { headers: { "x-request-id": "x y{}".repeat(100) } });
    expect(bad.headers()["x-request-id"]).toMatch(/^[\w-]{1,128}$/);
  }
});

const hostile = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "Tom & Jerry &amp; <b>“friends”</b>",
  "</title><svg onload=alert(1)>",
];

test("markup in a title is shown as it was typed, on every page, and runs nothing (requirements S0-14b)", async ({
  page,
  person,
  noise,
}) => {
  test.setTimeout(120_000);
  expect(person.id).toBeTruthy();
  await page.goto("/inbox");
  for (const title of hostile) {
    await addTask(page, { title, tags: "<i>tag</i>" });
    await expect(row(page, title)).toBeVisible();
    await expect(told(page, `Added “${title}”`)).toBeVisible();
  }
  for (const path of ["/inbox", "/all", "/activity", "/notifications", "/next"]) {
    await page.goto(path);
    for (const title of hostile) await expect(page.getByText(title).first()).toBeVisible();
  }
  expect(noise).toEqual([]);
});

test("editing twice does not make & into &amp; (requirements S0-14b)", async ({ page, person }) => {
  const id = await seedTask(person, "Tom & Jerry", { description: "a < b && c > d" });
  await page.goto(`/tasks/${id}`);
  for (const text of ["Tom & Jerry <3", "Tom & Jerry <3 &amp;"]) {
    await page.getByLabel("Title").fill(text);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(told(page, `Saved “${text}”`)).toBeVisible();
    await page.reload();
    await expect(page.getByLabel("Title")).toHaveValue(text);
    await expect(page.getByLabel("Notes")).toHaveValue("a < b && c > d");
    await expect(page).toHaveTitle(`${text} · MindFlow`);
  }
  expect(await query("SELECT title, description FROM tasks WHERE id = $1", [id])).toEqual([
    { title: "Tom & Jerry <3 &amp;", description: "a < b && c > d" },
  ]);
});

test("forms posted by another site are refused and change nothing, cookie or not", async ({ page, person }) => {
  await givePassword(person);
  const id = await seedTask(person, "Do not touch");
  const forms = [
    ["/api/identity/sign-in", { email: person.email, password }],
    ["/api/identity/sign-out", {}],
    ["/api/forms/tasks.complete", { id }],
    ["/api/forms/tasks.create", { title: "Planted" }],
  ] as const;
  for (const [path, form] of forms)
    for (const headers of [
      { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
      { origin: "null", "sec-fetch-site": "cross-site" },
      { origin: "https://evil.example" },
      { "sec-fetch-site": "same-site" },
    ] as Record<string, string>[]) {
      const answer = await page.request.post(path, { form, headers, maxRedirects: 0 });
      expect([path, headers, answer.status()]).toEqual([path, headers, 403]);
    }
  const trpc = await page.request.post("/api/trpc/tasks.complete", {
    data: { id },
    headers: { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
  });
  expect(trpc.status()).toBe(403);
  expect(await query("SELECT title, status FROM tasks WHERE user_id = $1", [person.id])).toEqual([
    { title: "Do not touch", status: "pending" },
  ]);
  await page.goto("/inbox");
  await expect(row(page, "Do not touch")).toBeVisible();
});

test("a real browser on another site cannot send a form here in somebody's name", async ({ page, person, baseURL }) => {
  const id = await seedTask(person, "Do not touch");
  await page.route("http://evil.example/", (route) =>
    route.fulfill({
      contentType: "text/html",
      body: `<form method="post" action="${baseURL}/api/forms/tasks.complete"><input name="id" value="${id}"><button>Win a prize</button></form>`,
    }),
  );
  await page.goto("http://evil.example/");
  const answer = page.waitForResponse((response) => response.url().endsWith("/api/forms/tasks.complete"));
  await page.getByRole("button", { name: "Win a prize" }).click();
  expect((await answer).status()).toBe(403);
  await expect(page.getByText("This was sent from another site.")).toBeVisible();
  expect(await query("SELECT status FROM tasks WHERE id = $1", [id])).toEqual([{ status: "pending" }]);
});

test("no page tells about the insides: /debug and its like are not there (requirements T-50)", async ({
  page,
  person,
}) => {
  expect(person.id).toBeTruthy();
  for (const path of [
    "/debug",
    "/debug/db-config",
    "/debug/vars",
    "/api/debug/db-config",
    "/.env",
    "/api/env",
    "/metrics",
  ]) {
    const answer = await page.request.get(path);
    expect([path, answer.status()]).toEqual([path, 404]);
    expect(await answer.text()).not.toMatch(/postgres(ql)?:\/\/|AUTH_SECRET|PEPPER/);
  }
});

test.describe("the page for admins", () => {
  test("is not there for anybody else", async ({ page, person }) => {
    expect(person.id).toBeTruthy();
    const answer = await page.goto("/admin/users");
    expect(answer?.status()).toBe(404);
    await expect(heading(page, "There is nothing here")).toBeVisible();
    await expect(page).not.toHaveTitle(/Users/);
  });

  test.describe("signed in as one", () => {
    test.use({ role: "admin" });
    test("is there", async ({ page, person }) => {
      expect(person.id).toBeTruthy();
      expect((await page.goto("/admin/users"))?.status()).toBe(200);
      await expect(heading(page, "Users")).toBeVisible();
    });
  });
});

test("somebody else's task answers exactly as one that does not exist", async ({ page, person, browser, baseURL }) => {
  expect(person.id).toBeTruthy();
  const [other] = await query<{ id: string }>(
    "INSERT INTO users (id, email, name) VALUES (gen_random_uuid(), gen_random_uuid() || '@example.com', 'Other') RETURNING id",
  );
  const foreign = await seedTask({ ...person, id: other?.id ?? "" }, "Foreign secret");
  const seen = [];
  for (const id of [foreign, "0192f0a4-7d1c-7e55-9c0e-5f2f4b1f7a10"]) {
    const answer = await page.goto(`/tasks/${id}`);
    seen.push([answer?.status(), await page.title(), await page.getByRole("main").innerText()]);
  }
  expect(seen[0]).toEqual(seen[1]);
  expect(seen[0]?.[0]).toBe(404);
  const visitor = await browser.newContext(baseURL ? { baseURL } : {});
  const stranger = await visitor.newPage();
  await stranger.goto(`/tasks/${foreign}`);
  await expect(stranger).toHaveURL(/\/sign-in\?returnTo=/);
  await visitor.close();
});

test("health answers without a session: alive, and ready with its database", async ({ request }) => {
  const live = await request.get("/api/health/live");
  expect([live.status(), await live.json()]).toEqual([200, { status: "ok" }]);
  const ready = await request.get("/api/health/ready");
  expect(ready.status()).toBe(200);
  for (const answer of [live, ready]) {
    expect(answer.headers()["cache-control"]).toContain("no-store");
    expect(await answer.text()).not.toMatch(/postgres|127\.0\.0\.1/);
  }
});

test("the address of a form with a secret does not keep the secret", async ({ page }) => {
  const answer = await page.goto("/sign-up?invite=0123456789012345678901234567890123456789abc");
  expect(page.url()).not.toContain("invite=");
  expect(answer?.status()).toBe(200);
  await expect(composer(page)).toHaveCount(0);
});

test("asked for under another loopback name, a page leads to the one its cookies and forms work on", async ({
  request,
  baseURL,
}) => {
  const wrong = (baseURL ?? "").replace("localhost", "127.0.0.1");
  const answer = await request.get(`${wrong}/today?sort=due`, { maxRedirects: 0 });
  expect([answer.status(), answer.headers().location]).toEqual([307, `${baseURL}/today?sort=due`]);
  const forged = { "x-mindflow-answer": "/api/right-name" };
  for (const path of ["/sign-in", "/api/health/live"])
    expect((await request.get(path, { headers: forged, maxRedirects: 0 })).status()).toBe(200);
});
