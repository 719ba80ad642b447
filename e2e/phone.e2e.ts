import { devices } from "@playwright/test";
import { expect, expectNoSidewaysScroll, type Person, query, seedTask, seedTasks, test, todayIn } from "./fixtures.ts";
import { addTask, composer, fillTask, heading, mainNav, row, told } from "./pages.ts";
import { smallTargets } from "./targets.ts";

const { defaultBrowserType: _, ...phone } = devices["Pixel 7"];

/** A day's content: long words, long lists, everything a row can show. */
async function fill(person: Person): Promise<string> {
  const today = todayIn(person.zone);
  await seedTasks(person, ["Send the signed contract", "Call the notary about the annex and its two appendices"], {
    due: today,
    priority: 5,
    tags: ["work", "contracts"],
    estimate: 45,
  });
  await seedTask(person, `Donaudampfschifffahrts${"gesellschaft".repeat(6)}`, { due: "2026-01-05", priority: 1 });
  await seedTask(person, "Sleeps until later", { snoozedUntil: new Date(Date.now() + 90_000_000).toISOString() });
  const gone = await seedTask(person, "In the trash already");
  await query("UPDATE tasks SET deleted_at = now(), deleted_by = $2 WHERE id = $1", [gone, person.id]);
  return await seedTask(person, "Pay https://example.com/a/very/long/address/that/never/ends?with=parameters", {
    description: "x".repeat(300),
    tags: ["a-tag-that-is-quite-long-but-still-one-word"],
  });
}

for (const width of [390, 320]) {
  test.describe(`at ${width} px`, () => {
    test.use({ ...phone, viewport: { width, height: 780 } });

    test(`no page scrolls sideways, and every target is at least 44 px`, async ({ page, person, account }) => {
      test.setTimeout(120_000);
      const id = await fill(person);
      await query("UPDATE users SET role = 'admin' WHERE id = $1", [account.id]);
      const small: string[] = [];
      for (const path of [
        "/next",
        "/today",
        "/inbox",
        "/all",
        "/trash",
        `/tasks/${id}`,
        "/activity",
        "/assistants",
        "/notifications",
        "/settings",
        "/admin/users",
        "/nowhere",
      ]) {
        await page.goto(path);
        await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
        await expectNoSidewaysScroll(page);
        small.push(...(await smallTargets(page)).map((what) => `${path}: ${what}`));
      }
      await page.context().clearCookies();
      for (const path of ["/", "/sign-in", "/setup", "/sign-up"]) {
        await page.goto(path);
        await expectNoSidewaysScroll(page);
        small.push(...(await smallTargets(page)).map((what) => `${path}: ${what}`));
      }
      expect(small).toEqual([]);
    });

    test("the bottom bar leads everywhere and says where one is", async ({ page, person }) => {
      await fill(person);
      await page.goto("/next");
      const bar = mainNav(page);
      await expect(bar).toBeInViewport();
      for (const [name, path] of [
        ["Today", "/today"],
        ["Inbox", "/inbox"],
        ["Next", "/next"],
      ] as const) {
        await bar.getByRole("link", { name, exact: true }).tap();
        await expect(page).toHaveURL(new RegExp(`${path}$`));
        await expect(bar.getByRole("link", { name, exact: true })).toHaveAttribute("aria-current", "page");
      }
      for (const [name, path] of [
        ["All tasks", "/all"],
        ["Trash", "/trash"],
        ["Assistants", "/assistants"],
        ["Activity", "/activity"],
        ["Profile", "/settings"],
      ] as const) {
        await bar.getByRole("button", { name: "More" }).tap();
        await page.getByRole("link", { name, exact: true }).tap();
        await expect(page).toHaveURL(new RegExp(`${path}$`));
        await expect(page.getByRole("link", { name: "Activity" })).toBeHidden();
      }
    });

    test("adding, completing, the task's menu and its undo by touch", async ({ page, person }) => {
      await seedTask(person, "Touched");
      await page.goto("/inbox");
      await addTask(page, { title: "Added by thumb", priority: "Highest", tags: "phone" });
      await expect(row(page, "Added by thumb")).toContainText("#phone");
      await expectNoSidewaysScroll(page);
      await page.getByRole("button", { name: "Complete: Touched" }).tap();
      await expect(told(page, "Completed “Touched”")).toBeVisible();
      await expect(row(page, "Touched")).toHaveCount(0);
      await told(page, "Completed “Touched”").getByRole("button", { name: "Undo" }).tap();
      await expect(row(page, "Touched")).toBeVisible();
      await row(page, "Touched").getByRole("link", { name: "Touched" }).tap();
      await page.getByRole("button", { name: "Move to trash" }).tap();
      await expect(page.getByText("In the trash. Kept until")).toBeVisible();
    });

    test("the sheet for a new task fits above the bar and closes by its cross", async ({ page, person }) => {
      await seedTask(person, "Something first");
      await page.goto("/next");
      await mainNav(page).getByRole("link", { name: "Add task" }).tap();
      const dialog = page.getByRole("dialog", { name: "Add task" });
      await fillTask(composer(page), { title: "From anywhere", estimate: "15 min" });
      expect(await smallTargets(page)).toEqual([]);
      await expectNoSidewaysScroll(page);
      await dialog.getByRole("button", { name: "Close" }).tap();
      await expect(dialog).toHaveCount(0);
      await expect(heading(page, "Something first")).toBeVisible();
    });
  });
}
