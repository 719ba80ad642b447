import { expect, givePassword, password, query, seedTask, seedTasks, test, todayIn } from "./fixtures.ts";
import { addTask, alerted, composer, fillTask, goTo, heading, row, signIn, titleOf, told } from "./pages.ts";

test.use({ javaScriptEnabled: false });

test("signing in, a wrong password told, and signing out work without script", async ({ page, account }) => {
  await givePassword(account);
  await page.goto("/today");
  await signIn(page, account.email, "not the password at all");
  await expect(alerted(page, "This e-mail and password do not match an account.")).toBeVisible();
  await expect(page.getByLabel("E-mail")).toHaveValue(account.email);
  await signIn(page, account.email, password);
  await expect(page).toHaveURL(/\/today$/);
  await page.getByRole("button", { name: account.name }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(told(page, "Signed out. Copies of this session no longer work.")).toBeVisible();
  await page.goto("/today");
  await expect(page).toHaveURL(/\/sign-in/);
});

test("a task is added with everything about it, listed, completed and undone without script", async ({
  page,
  person,
}) => {
  const day = todayIn(person.zone);
  await page.goto("/inbox");
  await titleOf(composer(page)).focus();
  await addTask(page, {
    title: "By plain form",
    day,
    time: "23:45",
    priority: "Highest",
    estimate: "45 min",
    tags: "work, plain",
  });
  await expect(told(page, "Added “By plain form”.")).toBeVisible();
  await expect(row(page, "By plain form")).toContainText("23:45");
  await expect(row(page, "By plain form")).toContainText("#work #plain");
  expect(await query("SELECT priority, estimate_minutes, tags FROM tasks WHERE user_id = $1", [person.id])).toEqual([
    { priority: 5, estimate_minutes: 45, tags: ["work", "plain"] },
  ]);
  await goTo(page, "Today");
  await page.getByRole("button", { name: "Complete: By plain form" }).click();
  await expect(told(page, "Completed “By plain form”.")).toBeVisible();
  await expect(page.getByRole("region", { name: "Later and done" })).toContainText("By plain form");
  await told(page, "Completed “By plain form”.").getByRole("button", { name: "Undo" }).click();
  await expect(told(page, "Undone.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Complete: By plain form" })).toBeVisible();
  await page.reload();
  await goTo(page, "Inbox");
  await expect(page.getByText("Undone.")).toHaveCount(0);
});

test("a field that is wrong is told beside it, and nothing typed is lost without script", async ({ page, person }) => {
  await page.goto("/inbox");
  await titleOf(composer(page)).focus();
  await fillTask(composer(page), {
    title: "Kept as typed",
    day: "2027-03-04",
    priority: "Low",
    estimate: "30 min",
    tags: "x".repeat(51),
  });
  await composer(page).getByRole("button", { name: "Add task" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(titleOf(composer(page))).toHaveValue("Kept as typed");
  await expect(composer(page).getByLabel("Due on")).toHaveValue("2027-03-04");
  await expect(composer(page).getByLabel("Priority")).toHaveValue("2");
  await expect(composer(page).getByLabel("Estimate")).toHaveValue("30");
  await expect(composer(page).getByLabel("Tags")).toHaveValue("x".repeat(51));
  expect(await query("SELECT FROM tasks WHERE user_id = $1", [person.id])).toEqual([]);
});

test("a task is edited, moved to the trash and restored without script", async ({ page, person }) => {
  const id = await seedTask(person, "Plain");
  await page.goto(`/tasks/${id}`);
  await page.getByLabel("Title").fill("Plainer");
  await page.getByLabel("Notes").fill("Two\nlines");
  await page.getByRole("textbox", { name: "Due on" }).fill("2027-03-04");
  await page.getByLabel("Tags").fill("one, two");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(told(page, "Saved “Plainer”.")).toBeVisible();
  await expect(page.getByLabel("Notes")).toHaveValue("Two\nlines");
  await expect(page.getByRole("textbox", { name: "Due on" })).toHaveValue("2027-03-04");
  await page.getByRole("button", { name: "Move to trash" }).click();
  await expect(page.getByText("In the trash. Kept until")).toBeVisible();
  await page.getByRole("button", { name: "Restore" }).first().click();
  await expect(told(page, "Restored “Plainer”.")).toBeVisible();
});

test("two people, one task, without script: the second is told and keeps what was typed", async ({ page, person }) => {
  const id = await seedTask(person, "Plain");
  await page.goto(`/tasks/${id}`);
  await query("UPDATE tasks SET title = 'Theirs', version = version + 1 WHERE id = $1", [id]);
  await page.getByLabel("Title").fill("Mine");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(alerted(page, "Someone changed this task meanwhile.")).toBeVisible();
  await expect(page.getByLabel("Title")).toHaveValue("Mine");
  expect(await query("SELECT title FROM tasks WHERE id = $1", [id])).toEqual([{ title: "Theirs" }]);
});

test("Next, Activity, notifications and the profile work without script", async ({ page, person }) => {
  await seedTask(person, "The one thing");
  await page.goto("/next");
  await expect(heading(page, "The one thing")).toBeVisible();
  await page.getByRole("button", { name: "Start" }).click();
  await expect(page.getByRole("button", { name: "Start" })).toHaveCount(0);
  await page.getByRole("button", { name: "Done" }).click();
  await expect(heading(page, "No open tasks.")).toBeVisible();
  await goTo(page, "Activity");
  await page.getByRole("button", { name: "Undo: The one thing" }).first().click();
  await expect(told(page, "Undone.")).toBeVisible();
  await goTo(page, "Notifications");
  await page.getByRole("button", { name: /^Mark (un)?read: Change undone$/ }).click();
  await expect(told(page, "Marked.")).toBeVisible();
  await page.goto("/settings");
  await page.getByLabel("Theme").selectOption("dark");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(told(page, "Saved your profile.")).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("a long list can be paged through without script", async ({ page, person }) => {
  await seedTasks(
    person,
    Array.from({ length: 60 }, (_, i) => `Task ${String(i + 1).padStart(2, "0")}`),
  );
  await page.goto("/inbox");
  const seen = new Set(await page.getByRole("main").getByRole("listitem").allTextContents());
  await page.getByRole("link", { name: "Show more" }).click();
  for (const text of await page.getByRole("main").getByRole("listitem").allTextContents()) seen.add(text);
  expect(seen.size).toBe(60);
});
