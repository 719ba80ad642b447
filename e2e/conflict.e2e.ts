import { expect, query, seedTask, test } from "./fixtures.ts";
import { alerted, told } from "./pages.ts";

// A connection is dropped on purpose.
test.use({ expectedNoise: /net::ERR_FAILED/ });

test.describe("two people, one task", () => {
  test("the same field: both versions are kept until one is chosen; mine can win", async ({ page, person }) => {
    const id = await seedTask(person, "Draft the offer");
    await page.goto(`/tasks/${id}`);
    await page.getByLabel("Title").fill("Draft the offer for Ana");
    await query(
      "UPDATE tasks SET title = 'Draft the offer for Bo', version = version + 1, updated_at = now() WHERE id = $1",
      [id],
    );
    const notice = told(page, "Your version is kept below.");
    await expect(notice).toBeVisible();
    await expect(page.getByLabel("Title")).toHaveValue("Draft the offer for Ana");
    await notice.getByText("Compare").first().click();
    await expect(notice.getByRole("row", { name: /Title/ })).toContainText("Draft the offer for Ana");
    await expect(notice.getByRole("row", { name: /Title/ })).toContainText("Draft the offer for Bo");
    await notice.getByRole("button", { name: "Save my version" }).click();
    await expect(told(page, "Saved “Draft the offer for Ana”")).toBeVisible();
    expect(await query("SELECT title FROM tasks WHERE id = $1", [id])).toEqual([{ title: "Draft the offer for Ana" }]);
  });

  test("the same field: theirs can win", async ({ page, person }) => {
    const id = await seedTask(person, "Draft the offer");
    await page.goto(`/tasks/${id}`);
    await page.getByLabel("Notes").fill("Mine");
    await query("UPDATE tasks SET description = 'Theirs', version = version + 1, updated_at = now() WHERE id = $1", [
      id,
    ]);
    await told(page, "Your version is kept below.").getByRole("button", { name: "Take theirs" }).click();
    await expect(page.getByLabel("Notes")).toHaveValue("Theirs");
    await expect(told(page, "Your version is kept below.")).toHaveCount(0);
  });

  test("different fields: both changes stay, without a question", async ({ page, person }) => {
    const id = await seedTask(person, "Draft the offer");
    await page.goto(`/tasks/${id}`);
    await page.getByLabel("Notes").fill("Mine");
    await query("UPDATE tasks SET priority = 5, version = version + 1, updated_at = now() WHERE id = $1", [id]);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(told(page, "Saved “Draft the offer”")).toBeVisible();
    expect(await query("SELECT description, priority FROM tasks WHERE id = $1", [id])).toEqual([
      { description: "Mine", priority: 5 },
    ]);
  });

  test("a save that does not get through keeps the text on the page", async ({ page, person }) => {
    const id = await seedTask(person, "Draft the offer");
    await page.goto(`/tasks/${id}`);
    await page.route("**/api/trpc/tasks.update*", (route) => route.abort());
    await page.getByLabel("Notes").fill("An hour of work");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(alerted(page, "Could not save: the connection dropped. Your text is kept here.")).toBeVisible();
    await expect(page.getByLabel("Notes")).toHaveValue("An hour of work");
    await page.unroute("**/api/trpc/tasks.update*");
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(told(page, "Saved “Draft the offer”")).toBeVisible();
  });
});
