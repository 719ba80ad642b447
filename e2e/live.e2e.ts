import type { Page, Route } from "@playwright/test";
import { expect, query, seedTask, seedTasks, test } from "./fixtures.ts";
import { addTask, composer, fillTask, open, row, titleOf, told } from "./pages.ts";

test.use({ expectedNoise: /net::ERR_(FAILED|ABORTED)|status of 500/ });

/** Holds every call of one procedure back until it is let go. */
async function hold(page: Page, procedure: string): Promise<{ isHeld: () => boolean; letGo: () => void }> {
  const { promise: gate, resolve: letGo } = Promise.withResolvers<void>();
  let held = 0;
  await page.route(`**/api/trpc/${procedure}*`, async (route) => {
    held++;
    await gate;
    await route.continue();
  });
  return { isHeld: () => held > 0, letGo };
}

const refuse = (page: Page, procedure: string, answer: (route: Route) => Promise<void>) =>
  page.route(`**/api/trpc/${procedure}*`, answer);

const fulfil = (status: number, code: string, message: string) => (route: Route) =>
  route.fulfill({
    status,
    json: {
      error: {
        message,
        code: -32603,
        data: { code, httpStatus: status, appCode: code, details: [], requestId: "e2e", retryAfterSeconds: null },
      },
    },
  });

/** What a refusal looks like from the page: an answer of the server, or none at all. */
const refusals = [
  ["the server fails", fulfil(500, "INTERNAL_ERROR", "Something broke on our side."), "Something broke on our side."],
  ["someone was faster", fulfil(409, "CONFLICT", "Someone changed this task."), "Someone changed this task."],
  ["the connection drops", (route: Route) => route.abort(), "The connection dropped."],
] as const;

test.describe("what others do arrives by itself", () => {
  test("a task added behind the page's back shows, and its count with it", async ({ page, person }) => {
    await page.goto("/inbox");
    await expect(page.getByText("Nothing in the inbox.")).toBeVisible();
    await seedTask(person, "Arrived from elsewhere");
    await expect(row(page, "Arrived from elsewhere")).toBeVisible();
    await expect(page.getByRole("link", { name: "Inbox 1 open" })).toBeVisible();
  });

  test("a page that comes to the front asks at once, not at the next turn of its clock", async ({ page, person }) => {
    await page.clock.install();
    await open(page, "/inbox");
    await expect(page.getByText("Nothing in the inbox.")).toBeVisible();
    // From here on the page's clock moves only by hand, and never far enough for the next regular refresh.
    await page.clock.pauseAt(Date.now() + 60_000);
    await page.clock.runFor(100);
    await seedTask(person, "Meanwhile");
    await expect
      .poll(async () => {
        // Again each time: a question that was under way before the task existed is not asked twice at once.
        await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true })));
        await page.clock.runFor(50);
        return await row(page, "Meanwhile").count();
      })
      .toBe(1);
  });

  test("two tabs agree: added in one, completed in the other", async ({ page, person, context }) => {
    await page.goto("/inbox");
    const other = await context.newPage();
    await other.goto("/all");
    await addTask(page, { title: "Seen by both" });
    await expect(row(other, "Seen by both")).toBeVisible();
    await other.getByRole("button", { name: "Complete: Seen by both" }).click();
    await expect(row(page, "Seen by both")).toHaveCount(0);
    await expect
      .poll(() => query("SELECT status FROM tasks WHERE user_id = $1", [person.id]))
      .toEqual([{ status: "completed" }]);
  });

  test("Next moves on when its task is completed elsewhere", async ({ page, person }) => {
    await seedTask(person, "Second thing", { priority: 1 });
    const first = await seedTask(person, "First thing", { priority: 5 });
    await page.goto("/next");
    await expect(page.getByRole("heading", { level: 1, name: "First thing" })).toBeVisible();
    await query("UPDATE tasks SET status = 'completed', completed_at = now(), version = version + 1 WHERE id = $1", [
      first,
    ]);
    await expect(page.getByRole("heading", { level: 1, name: "Second thing" })).toBeVisible();
  });

  test("a snooze that has run out is over by itself", async ({ page, person }) => {
    await seedTask(person, "Awake");
    const id = await seedTask(person, "Sleeps", { snoozedUntil: new Date(Date.now() + 3_600_000).toISOString() });
    await page.goto("/all");
    await expect(page.getByRole("region", { name: "Snoozed" }).getByRole("link", { name: "Sleeps" })).toBeVisible();
    await query("UPDATE tasks SET snoozed_until = now() - interval '1 hour' WHERE id = $1", [id]);
    await expect(page.getByRole("region", { name: "Snoozed" })).toHaveCount(0);
    await expect(row(page, "Sleeps")).toBeVisible();
  });
});

test.describe("shown at once, before the server has answered", () => {
  test("a new task", async ({ page, person }) => {
    await page.goto("/inbox");
    const calls = await hold(page, "tasks.create");
    await addTask(page, { title: "Not there yet", priority: "High", tags: "soon" });
    await expect(row(page, "Not there yet")).toContainText("#soon");
    await expect.poll(calls.isHeld).toBe(true);
    expect(await query("SELECT FROM tasks WHERE user_id = $1", [person.id])).toHaveLength(0);
    calls.letGo();
    await expect(told(page, "Added “Not there yet”")).toBeVisible();
    await expect(row(page, "Not there yet")).toHaveCount(1);
    await page.getByRole("button", { name: "Complete: Not there yet" }).click();
    await expect(told(page, "Completed “Not there yet”")).toBeVisible();
  });

  test("a completed task", async ({ page, person }) => {
    await seedTask(person, "Nearly done");
    await page.goto("/inbox");
    const calls = await hold(page, "tasks.complete");
    await page.getByRole("button", { name: "Complete: Nearly done" }).click();
    await expect(page.getByRole("button", { name: "Reopen: Nearly done" })).toBeVisible();
    await expect.poll(calls.isHeld).toBe(true);
    expect(await query("SELECT status FROM tasks WHERE user_id = $1", [person.id])).toEqual([{ status: "pending" }]);
    calls.letGo();
    await expect(told(page, "Completed “Nearly done”")).toBeVisible();
    await expect(row(page, "Nearly done")).toHaveCount(0);
  });

  test("several at once, each kept: no answer brings back what another has changed", async ({ page, person }) => {
    const titles = ["One", "Two", "Three"];
    await seedTasks(person, titles);
    await page.goto("/inbox");
    const calls = await hold(page, "tasks.complete");
    for (const title of titles) await page.getByRole("button", { name: `Complete: ${title}` }).click();
    for (const title of titles) await expect(page.getByRole("button", { name: `Reopen: ${title}` })).toBeVisible();
    calls.letGo();
    await expect(told(page, "3 tasks completed")).toBeVisible();
    await expect(page.getByText("Nothing in the inbox.")).toBeVisible();
    await page.getByRole("button", { name: "Undo" }).click();
    for (const title of titles) await expect(row(page, title)).toBeVisible();
  });
});

test.describe("put back and told when it did not work", () => {
  for (const [why, answer, words] of refusals) {
    test(`completing, when ${why}: the task is open again, and trying again works`, async ({ page, person }) => {
      await seedTask(person, "Stubborn");
      await page.goto("/inbox");
      await refuse(page, "tasks.complete", answer);
      // No refresh helps out: the page itself has to remember how things were.
      const refreshes = await hold(page, "tasks.list");
      await page.getByRole("button", { name: "Complete: Stubborn" }).click();
      const message = page.getByText(`“Stubborn” is as it was. ${words}`);
      await expect(message).toBeVisible();
      await expect(page.getByRole("button", { name: "Complete: Stubborn" })).toBeVisible();
      refreshes.letGo();
      await page.unroute("**/api/trpc/tasks.complete*");
      await page.getByRole("button", { name: "Try again" }).click();
      await expect(told(page, "Completed “Stubborn”")).toBeVisible();
      await expect(row(page, "Stubborn")).toHaveCount(0);
    });

    test(`adding, when ${why}: no task is pretended, and everything typed is kept`, async ({ page, person }) => {
      await page.goto("/inbox");
      await refuse(page, "tasks.create", answer);
      await addTask(page, {
        title: "Typed once",
        day: "2027-03-04",
        priority: "Low",
        estimate: "30 min",
        tags: "keep",
      });
      await expect(page.getByText(`Could not add the task. ${words} Your text is kept here.`)).toBeVisible();
      await expect(row(page, "Typed once")).toHaveCount(0);
      await expect(titleOf(composer(page))).toHaveValue("Typed once");
      await expect(composer(page).getByLabel("Due on")).toHaveValue("2027-03-04");
      await expect(composer(page).getByLabel("Priority")).toHaveValue("2");
      await expect(composer(page).getByLabel("Estimate")).toHaveValue("30");
      await expect(composer(page).getByLabel("Tags")).toHaveValue("keep");
      await page.unroute("**/api/trpc/tasks.create*");
      await composer(page).getByRole("button", { name: "Add task" }).click();
      await expect(told(page, "Added “Typed once”")).toBeVisible();
      await expect(row(page, "Typed once")).toContainText("#keep");
      expect(await query("SELECT title FROM tasks WHERE user_id = $1", [person.id])).toHaveLength(1);
    });
  }

  test("what the server finds wrong with a field is told, and the text kept", async ({ page, person }) => {
    expect(person.id).toBeTruthy();
    await page.goto("/inbox");
    await addTask(page, { title: "Too much of a tag", tags: "x".repeat(51) });
    await expect(page.getByText("Could not add the task.")).toBeVisible();
    await expect(titleOf(composer(page))).toHaveValue("Too much of a tag");
    await expect(row(page, "Too much of a tag")).toHaveCount(0);
  });

  test("what is typed meanwhile is not overwritten by a refused task, which can be tried again", async ({
    page,
    person,
  }) => {
    expect(person.id).toBeTruthy();
    await page.goto("/inbox");
    const { promise: gate, resolve: fail } = Promise.withResolvers<void>();
    await refuse(page, "tasks.create", async (route) => {
      await gate;
      await route.abort();
    });
    await addTask(page, { title: "The first" });
    await fillTask(composer(page), { title: "The second" });
    fail();
    await expect(page.getByText("Could not add “The first”. The connection dropped.")).toBeVisible();
    await expect(titleOf(composer(page))).toHaveValue("The second");
    await page.unroute("**/api/trpc/tasks.create*");
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(row(page, "The first")).toBeVisible();
    await expect(titleOf(composer(page))).toHaveValue("The second");
  });

  test("a task refused after its dialog has closed opens the dialog again with everything typed", async ({
    page,
    person,
  }) => {
    expect(person.id).toBeTruthy();
    await open(page, "/next");
    await refuse(page, "tasks.create", (route) => route.abort());
    await page.keyboard.press("q");
    const dialog = page.getByRole("dialog", { name: "Add task" });
    await fillTask(composer(page), { title: "From anywhere", day: "2027-03-04", priority: "High", tags: "kept" });
    await composer(page).getByRole("button", { name: "Add task" }).click();
    await expect(
      page.getByText("Could not add the task. The connection dropped. Your text is kept here."),
    ).toBeVisible();
    await expect(titleOf(dialog)).toHaveValue("From anywhere");
    await expect(dialog.getByLabel("Due on")).toHaveValue("2027-03-04");
    await expect(dialog.getByLabel("Priority")).toHaveValue("4");
    await expect(dialog.getByLabel("Tags")).toHaveValue("kept");
    await page.unroute("**/api/trpc/tasks.create*");
    await dialog.getByRole("button", { name: "Add task" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "From anywhere" })).toBeVisible();
  });

  test("a list that cannot be refreshed says so and keeps what it shows", async ({ page, person }) => {
    await seedTask(person, "Still here");
    await page.goto("/inbox");
    await refuse(page, "tasks.list", (route) => route.abort());
    const notice = told(page, "Could not refresh: the connection dropped. What you see may be old.");
    await expect(notice).toBeVisible({ timeout: 30_000 });
    await expect(row(page, "Still here")).toBeVisible();
    await page.unroute("**/api/trpc/tasks.list*");
    await notice.getByRole("button", { name: "Try again" }).click();
    await expect(notice).toHaveCount(0);
  });

  test("a session that ended elsewhere is told with the way back in", async ({ page, person }) => {
    await seedTask(person, "Private");
    await page.goto("/inbox");
    await query("UPDATE sessions SET revoked_at = now() WHERE user_id = $1", [person.id]);
    await expect(told(page, "You are signed out. Sign in again to go on.")).toBeVisible();
    await page.getByRole("button", { name: "Complete: Private" }).click();
    await expect(page.getByText("“Private” is as it was. You are signed out. Sign in again to go on.")).toBeVisible();
  });
});
