import { test as base, expect, todayIn, zoneByDay } from "./fixtures.ts";
import { addTask, alerted, composer, goTo, heading, mainNav, row, signIn, told } from "./pages.ts";
import { type Product, startProduct } from "./product.ts";

/** A product of its own whose database is empty: nobody has set it up yet. */
const test = base.extend<object, { product: Product }>({
  product: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what is needed here.
    async ({}, use) => {
      const product = await startProduct(process.env.E2E_POSTGRES_URL ?? "");
      await use(product);
      await product.stop();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ product }, use) => use(product.url),
});

const zone = zoneByDay();
const day = todayIn(zone);
const admin = { name: "Ada Lovelace", email: "ada@example.com", password: "four quiet lanterns drift" };
const guest = { name: "Bo Ek", email: "bo@example.com", password: "seven copper kettles sing" };
const contract = "Send the signed contract";

test("from the set-up link through a day with tasks to signing out, and back in again", async ({
  page,
  product,
  browser,
}) => {
  test.setTimeout(240_000);

  await test.step("the set-up link makes the first admin, who lands on an empty Next", async () => {
    await page.goto(product.setupLink());
    await expect(page).toHaveURL(/\/setup$/);
    await page.getByLabel("Name").fill(admin.name);
    await page.getByLabel("E-mail").fill(admin.email);
    await page.getByLabel("Choose a password").fill(admin.password);
    await expect(page.getByLabel("Time zone")).toHaveValue("Pacific/Auckland");
    await page.getByLabel("Time zone").selectOption(zone);
    await page.getByRole("button", { name: "Create the admin account" }).click();
    await expect(page).toHaveURL(/\/next$/);
    await expect(heading(page, "No open tasks.")).toBeVisible();
  });

  await test.step("a task keeps its priority, due day and time, estimate and tags", async () => {
    await goTo(page, "Inbox");
    await expect(page.getByText("Nothing in the inbox.")).toBeVisible();
    await addTask(page, {
      title: contract,
      day,
      time: "23:45",
      priority: "High",
      estimate: "45 min",
      tags: "work, contracts",
    });
    await expect(told(page, `Added “${contract}”`)).toBeVisible();
    const line = row(page, contract);
    await expect(line).toContainText("23:45");
    await expect(line).toContainText("45 min");
    await expect(line).toContainText("#work #contracts");
    await expect(line.getByRole("img", { name: "High priority" })).toBeVisible();
    await line.getByRole("link", { name: contract }).click();
    await expect(page.getByRole("textbox", { name: "Due on" })).toHaveValue(day);
    await expect(page.getByLabel("Time", { exact: true })).toHaveValue("23:45");
    await expect(page.getByLabel("Priority")).toHaveValue("4");
    await expect(page.getByLabel("Estimate in minutes")).toHaveValue("45");
    await expect(page.getByLabel("Tags")).toHaveValue("work, contracts");
  });

  await test.step("editing keeps what was typed over a reload", async () => {
    await page.getByLabel("Notes").fill("The one with the new annex.\nPage 4 needs initials.");
    await page.getByLabel("Priority").selectOption({ label: "Highest" });
    await page.getByRole("button", { name: "Save" }).click();
    await expect(told(page, `Saved “${contract}”`)).toBeVisible();
    await page.reload();
    await expect(page.getByLabel("Notes")).toHaveValue("The one with the new annex.\nPage 4 needs initials.");
    await expect(page.getByLabel("Priority")).toHaveValue("5");
  });

  await test.step("Today holds what is due today, All holds everything", async () => {
    await goTo(page, "Today");
    await expect(row(page, contract)).toBeVisible();
    await addTask(page, { title: "Water the plants" });
    await expect(row(page, "Water the plants")).toBeVisible();
    await goTo(page, "All tasks");
    for (const title of ["Order more paper", "Call the notary", "Read the annex"]) {
      await addTask(page, { title });
      await expect(told(page, `Added “${title}”`)).toBeVisible();
    }
    await expect(row(page, contract)).toBeVisible();
    await expect(row(page, "Water the plants")).toBeVisible();
    await goTo(page, "Today");
    await expect(row(page, contract)).toBeVisible();
    await expect(row(page, "Call the notary")).toHaveCount(0);
  });

  await test.step("what is completed leaves the lists, stands under Later and done, and can be reopened", async () => {
    await page.getByRole("button", { name: "Complete: Water the plants" }).click();
    await expect(told(page, "Completed “Water the plants”")).toBeVisible();
    const done = page.getByRole("region", { name: "Later and done" });
    await expect(done.getByRole("link", { name: "Water the plants" })).toBeVisible();
    await goTo(page, "Inbox");
    await expect(row(page, "Call the notary")).toBeVisible();
    await expect(row(page, "Water the plants")).toHaveCount(0);
    await goTo(page, "Today");
    await page.getByRole("button", { name: "Reopen: Water the plants" }).click();
    await expect(told(page, "Reopened “Water the plants”")).toBeVisible();
    await expect(page.getByRole("button", { name: "Complete: Water the plants" })).toBeVisible();
  });

  await test.step("a snoozed task says until when, and wakes when told", async () => {
    await goTo(page, "All tasks");
    await row(page, "Order more paper").hover();
    await page.getByRole("button", { name: "Snooze: Order more paper" }).click();
    await page.getByRole("menuitem", { name: /^Tomorrow morning/ }).click();
    await expect(told(page, "Snoozed “Order more paper” until tomorrow 09:00")).toBeVisible();
    const snoozed = page.getByRole("region", { name: "Snoozed" });
    await expect(snoozed.getByRole("listitem")).toContainText("Snoozed until tomorrow 09:00");
    await row(page, "Order more paper").hover();
    await page.getByRole("button", { name: "More: Order more paper" }).click();
    await page.getByRole("menuitem", { name: "Wake now" }).click();
    await expect(told(page, "“Order more paper” is open again")).toBeVisible();
    await expect(snoozed).toHaveCount(0);
  });

  await test.step("deleting is undone by the toast; the trash gives back what is in it", async () => {
    const trash = async () => {
      await row(page, "Read the annex").hover();
      await page.getByRole("button", { name: "More: Read the annex" }).click();
      await page.getByRole("menuitem", { name: "Move to trash" }).click();
      await expect(row(page, "Read the annex")).toHaveCount(0);
    };
    await trash();
    await told(page, "Moved to the trash. Kept until").getByRole("button", { name: "Undo" }).click();
    await expect(row(page, "Read the annex")).toBeVisible();
    await trash();
    await goTo(page, "Trash");
    await expect(row(page, "Read the annex")).toContainText("Kept until");
    await page.getByRole("button", { name: "Restore: Read the annex" }).click();
    await expect(told(page, "Restored “Read the annex”")).toBeVisible();
    await expect(page.getByText("The trash is empty.")).toBeVisible();
    await goTo(page, "All tasks");
    await expect(row(page, "Read the annex")).toBeVisible();
  });

  await test.step("Next shows one task, whose lines add up to the total, and the runners-up", async () => {
    await goTo(page, "Next");
    await expect(heading(page, contract)).toBeVisible();
    const statement = page.getByRole("table", { name: `Score of “${contract}”` });
    const points = async (name: string | RegExp) => {
      const cells = statement.getByRole("row", { name }).getByRole("cell");
      const texts = await cells.allTextContents();
      return texts.map((text) => Math.round(Number.parseFloat(text) * 10));
    };
    const lines = await points(/ of \d+$/);
    const total = lines.pop();
    expect(lines.length).toBeGreaterThanOrEqual(5);
    expect(lines.reduce((sum, line) => sum + line, 0)).toBe(total);
    await expect(statement.getByRole("row").last()).toContainText("Total");
    const others = page.getByRole("region", { name: "Runners-up" }).getByRole("listitem");
    await expect(others).toHaveCount(3);
    const scores = (await others.allTextContents()).map((text) =>
      Number.parseFloat(/([\d.]+) points/.exec(text)?.[1] ?? ""),
    );
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(Math.round((scores[0] ?? Number.NaN) * 10)).toBeLessThanOrEqual(total ?? 0);
    await page.getByRole("button", { name: "Start" }).click();
    await expect(page.getByRole("button", { name: "Start" })).toHaveCount(0);
    await page.getByRole("button", { name: "Done" }).click();
    await expect(told(page, `Completed “${contract}”`)).toBeVisible();
    await expect(heading(page, contract)).toHaveCount(0);
  });

  await test.step("Activity lists who did what, through what, when, and undoes it", async () => {
    await goTo(page, "Activity");
    const newest = page.getByRole("listitem").first();
    await expect(newest).toContainText(`You completed ${contract} in the browser`);
    await expect(newest).toContainText(/\d\d:\d\d/);
    await newest.getByRole("button", { name: `Undo: ${contract}` }).click();
    await expect(told(page, "Undone.")).toBeVisible();
    await expect(page.getByRole("listitem").filter({ hasText: `You completed ${contract}` })).toContainText("Undone");
    await goTo(page, "Next");
    await expect(heading(page, contract)).toBeVisible();
  });

  await test.step("the bell counts what is unread, and reading it clears the count", async () => {
    await expect(mainNav(page).getByRole("link", { name: "Notifications 1 unread" })).toBeVisible();
    await goTo(page, "Notifications");
    await expect(page.getByRole("listitem").filter({ hasText: "Welcome to MindFlow" })).toContainText("Unread:");
    await page.getByRole("button", { name: "Mark all read" }).click();
    await expect(mainNav(page).getByRole("link", { name: "Notifications", exact: true })).toBeVisible();
  });

  await test.step("name, zone and theme change at once and stay", async () => {
    await page.getByRole("button", { name: admin.name }).click();
    await page.getByRole("link", { name: "Profile" }).click();
    await page.getByLabel("Name").fill("Ada King");
    await page.getByLabel("Time zone").selectOption("America/Caracas");
    await page.getByLabel("Theme").selectOption("dark");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(told(page, "Saved your profile.")).toBeVisible();
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await expect(page.getByRole("button", { name: "Ada King" })).toBeVisible();
    await page.reload();
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await expect(page.getByLabel("Time zone")).toHaveValue("America/Caracas");
  });

  const link = await test.step("an admin makes an invite link, shown once", async () => {
    await page.getByRole("button", { name: "Ada King" }).click();
    await page.getByRole("link", { name: "Users" }).click();
    await page.getByRole("button", { name: "Create invite link" }).click();
    const shown = await page.getByRole("textbox", { name: "Copy link" }).inputValue();
    await expect(page.getByRole("list", { name: "Invites" })).toContainText("Open");
    await page.reload();
    await expect(page.getByRole("list", { name: "Invites" })).toContainText("Anybody with the link");
    await expect(page.getByRole("textbox", { name: "Copy link" })).toHaveCount(0);
    return shown;
  });

  await test.step("the invited person signs up and sees nothing of the first", async () => {
    const context = await browser.newContext({ baseURL: product.url });
    const theirs = await context.newPage();
    await goTo(page, "All tasks");
    const foreign = await page.getByRole("link", { name: contract }).getAttribute("href");
    await theirs.goto(link);
    await expect(theirs).toHaveURL(/\/sign-up$/);
    await theirs.getByLabel("Name").fill(guest.name);
    await theirs.getByLabel("E-mail").fill(guest.email);
    await theirs.getByLabel("Choose a password").fill(guest.password);
    await theirs.getByRole("button", { name: "Create account" }).click();
    await expect(heading(theirs, "No open tasks.")).toBeVisible();
    await goTo(theirs, "Activity");
    await expect(theirs.getByText("Nothing has happened yet")).toBeVisible();
    await theirs.goto(foreign ?? "");
    await expect(heading(theirs, "There is nothing here")).toBeVisible();
    expect((await theirs.goto("/admin/users"))?.status()).toBe(404);
    await theirs.goto(link);
    await expect(alerted(theirs, "This invite link no longer works. Ask for a new one.")).toBeVisible();
    await context.close();
  });

  await test.step("signing out kills the cookie, also a copy of it", async () => {
    const copied = (await page.context().cookies()).filter(({ name }) => name.includes("session"));
    expect(copied).toHaveLength(1);
    await page.getByRole("button", { name: "Ada King" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(told(page, "Signed out. Copies of this session no longer work.")).toBeVisible();
    const context = await browser.newContext({ baseURL: product.url });
    await context.addCookies(copied);
    const replay = await context.newPage();
    await replay.goto("/inbox");
    await expect(replay).toHaveURL(/\/sign-in\?returnTo=%2Finbox$/);
    await context.close();
  });

  await test.step("a wrong password is told, the address stays; the right one leads to where one was going", async () => {
    await page.goto("/today");
    await expect(page).toHaveURL(/\/sign-in\?returnTo=%2Ftoday$/);
    await signIn(page, admin.email, "not the password at all");
    await expect(alerted(page, "This e-mail and password do not match an account.")).toBeVisible();
    await expect(page.getByLabel("E-mail")).toHaveValue(admin.email);
    await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");
    await signIn(page, admin.email, admin.password);
    await expect(page).toHaveURL(/\/today$/);
    await expect(heading(page, "Today")).toBeVisible();
    await expect(composer(page)).toBeVisible();
  });
});
