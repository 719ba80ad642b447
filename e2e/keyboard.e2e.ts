import type { Locator, Page } from "@playwright/test";
import { expect, givePassword, password, query, seedTask, seedTasks, test, todayIn } from "./fixtures.ts";
import { composer, heading, open, row, titleOf, told } from "./pages.ts";

const link = (page: Page, title: string): Locator => page.getByRole("link", { name: title, exact: true });

/** Is there a line of at least 2 px around what has focus, on it or on what frames it? */
const hasRing = (page: Page): Promise<boolean> =>
  page.evaluate(() => {
    const isRing = (element: Element | null) => {
      if (!element) return false;
      const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
      return outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2 && !/, 0\)$|\/ 0\)$/.test(outlineColor);
    };
    let at = document.activeElement;
    for (let up = 0; at && up < 4; up++, at = at.parentElement) if (isRing(at)) return true;
    return false;
  });

/** What has focus, in the words a screen reader would say. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const at = document.activeElement;
    return `${at?.tagName.toLowerCase()} ${at?.getAttribute("aria-label") ?? at?.textContent?.trim().slice(0, 60)}`;
  });

test("signing in takes the keyboard only, and the skip link comes first inside", async ({ page, account }) => {
  await givePassword(account);
  await open(page, "/inbox");
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("E-mail")).toBeFocused();
  await page.keyboard.type(account.email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/inbox$/);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(titleOf(composer(page))).toBeFocused();
});

test("q adds a task: here in the page's own field, elsewhere in a dialog that gives focus back", async ({
  page,
  person,
}) => {
  await seedTask(person, "There before");
  await open(page, "/inbox");
  await page.keyboard.press("q");
  await expect(titleOf(composer(page))).toBeFocused();
  await page.keyboard.type("Typed with q and e and 5");
  await page.keyboard.press("Enter");
  await expect(row(page, "Typed with q and e and 5")).toBeVisible();
  await expect(titleOf(composer(page))).toBeFocused();
  await open(page, "/next");
  await page.getByRole("button", { name: "Done" }).focus();
  await page.keyboard.press("q");
  const dialog = page.getByRole("dialog", { name: "Add task" });
  await expect(titleOf(dialog)).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Done" })).toBeFocused();
  await page.keyboard.press("q");
  await page.keyboard.type("From the dialog");
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await expect(told(page, "Added “From the dialog”")).toBeVisible();
});

test("j, k and the arrows move through the list, which is one tab stop", async ({ page, person }) => {
  const titles = ["Alpha", "Beta", "Gamma"];
  await seedTasks(person, titles);
  await open(page, "/inbox");
  await page.keyboard.press("j");
  const [first = "", second = "", third = ""] = await page.getByRole("main").getByRole("listitem").allTextContents();
  const at = (text: string) => link(page, titles.find((title) => text.includes(title)) ?? "");
  await expect(at(first)).toBeFocused();
  expect(await hasRing(page)).toBe(true);
  await page.keyboard.press("j");
  await expect(at(second)).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(at(third)).toBeFocused();
  await page.keyboard.press("j");
  await expect(at(third)).toBeFocused();
  await page.keyboard.press("k");
  await page.keyboard.press("ArrowUp");
  await expect(at(first)).toBeFocused();
  await page.keyboard.press("ArrowDown");
  const stops = page.getByRole("listitem").filter({ has: page.locator("a:not([tabindex='-1'])") });
  await expect(page.getByRole("main").locator(stops)).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/tasks\//);
});

test("e completes and reopens, 1 to 5 set the priority, Delete trashes, Ctrl Z takes each back", async ({
  page,
  person,
}) => {
  const today = todayIn(person.zone);
  await seedTasks(person, ["Alpha", "Beta"], { due: today });
  const statusOf = async (title: string) =>
    (
      await query(
        "SELECT status, priority, deleted_at IS NOT NULL AS gone FROM tasks WHERE user_id = $1 AND title = $2",
        [person.id, title],
      )
    )[0];
  await open(page, "/today");
  await link(page, "Alpha").focus();
  await page.keyboard.press("5");
  await expect(told(page, "Saved “Alpha”")).toBeVisible();
  await expect(link(page, "Alpha")).toBeFocused();
  await expect.poll(() => statusOf("Alpha")).toEqual({ status: "pending", priority: 5, gone: false });
  await page.keyboard.press("1");
  await expect.poll(() => statusOf("Alpha")).toEqual({ status: "pending", priority: 1, gone: false });
  await page.keyboard.press("e");
  await expect(told(page, "Completed “Alpha”")).toBeVisible();
  await expect.poll(() => statusOf("Alpha")).toMatchObject({ status: "completed" });
  await page.keyboard.press("Control+z");
  await expect.poll(() => statusOf("Alpha")).toMatchObject({ status: "pending" });
  await expect(page.getByRole("button", { name: "Complete: Alpha" })).toBeVisible();
  await link(page, "Alpha").focus();
  await page.keyboard.press("Delete");
  await expect(row(page, "Alpha")).toHaveCount(0);
  await expect(link(page, "Beta")).toBeFocused();
  await expect(told(page, "Moved to the trash.")).toBeVisible();
  await page.keyboard.press("Control+z");
  await expect(row(page, "Alpha")).toBeVisible();
  await expect.poll(() => statusOf("Alpha")).toMatchObject({ gone: false });
  // The last row has none after it: focus goes to the one before, not away.
  const [first = "", last = ""] = await page.getByRole("main").getByRole("listitem").allTextContents();
  const named = (text: string) => link(page, text.includes("Alpha") ? "Alpha" : "Beta");
  await named(last).focus();
  await page.keyboard.press("Delete");
  await expect(named(first)).toBeFocused();
});

test("s and d open menus that keys drive; Escape closes them and focus goes back to the row", async ({
  page,
  person,
}) => {
  await seedTasks(person, ["Alpha"]);
  await open(page, "/inbox");
  await page.keyboard.press("j");
  await page.keyboard.press("s");
  const menu = page.getByRole("menu", { name: "Snooze: Alpha" });
  await expect(menu.getByRole("menuitem").first()).toBeFocused();
  expect(await hasRing(page)).toBe(true);
  await page.keyboard.press("ArrowUp");
  await expect(menu.getByRole("menuitem").last()).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(menu).toHaveCount(0);
  await expect(link(page, "Alpha")).toBeFocused();
  await page.keyboard.press("d");
  await expect(page.getByRole("menuitem", { name: /^Today/ })).toBeFocused();
  await page.keyboard.press("t");
  await expect(page.getByRole("menuitem", { name: /^Tomorrow/ })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(row(page, "Alpha")).toContainText("Tomorrow");
  await expect(link(page, "Alpha")).toBeFocused();
  await page.keyboard.press("m");
  await page.keyboard.press("End");
  await expect(page.getByRole("menuitem", { name: /^Move to trash/ })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Nothing in the inbox.")).toBeVisible();
});

test("g n, g t, g i and g a go to the four lists", async ({ page, person }) => {
  await seedTask(person, "Somewhere to go");
  await open(page, "/settings");
  for (const [key, path] of [
    ["t", "today"],
    ["i", "inbox"],
    ["a", "all"],
    ["n", "next"],
  ] as const) {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await expect(page).toHaveURL(new RegExp(`/${path}$`));
    await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
  }
});

test("? lists every key, Escape closes it, focus goes back; single keys can be turned off", async ({
  page,
  person,
}) => {
  await seedTask(person, "Alpha");
  await open(page, "/inbox");
  await link(page, "Alpha").focus();
  await page.keyboard.press("Shift+?");
  const sheet = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(sheet).toBeVisible();
  for (const does of ["Add a task", "Complete or reopen", "Go to Today", "Undo"])
    await expect(sheet.getByText(does, { exact: true })).toBeVisible();
  await page.keyboard.press("e");
  await page.keyboard.press("Escape");
  await expect(sheet).toHaveCount(0);
  await expect(link(page, "Alpha")).toBeFocused();
  await expect(page.getByRole("button", { name: "Complete: Alpha" })).toBeVisible();
  await page.keyboard.press("Shift+?");
  await page.getByRole("switch", { name: "Single-key shortcuts" }).focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Escape");
  await page.keyboard.press("e");
  await page.keyboard.press("5");
  await page.keyboard.press("q");
  await expect(link(page, "Alpha")).toBeFocused();
  expect(await query("SELECT status, priority FROM tasks WHERE user_id = $1", [person.id])).toEqual([
    { status: "pending", priority: 3 },
  ]);
});

test("no key acts while one writes, while an input method composes, or with Ctrl held", async ({ page, person }) => {
  const id = await seedTask(person, "Alpha");
  await open(page, "/inbox");
  await titleOf(composer(page)).click();
  const letters = "qjkesdm12345?gngt";
  await page.keyboard.type(letters);
  await page.keyboard.press("Delete");
  await expect(titleOf(composer(page))).toHaveValue(letters);
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("menu")).toHaveCount(0);
  await expect(page).toHaveURL(/\/inbox$/);
  await link(page, "Alpha").focus();
  for (const [key, code] of [
    ["e", "KeyE"],
    ["5", "Digit5"],
    ["s", "KeyS"],
    ["d", "KeyD"],
    ["Delete", "Delete"],
    ["q", "KeyQ"],
  ])
    await link(page, "Alpha").dispatchEvent("keydown", { key, code, isComposing: true });
  await page.keyboard.press("Control+e");
  await expect(link(page, "Alpha")).toBeFocused();
  await expect(page.getByRole("menu")).toHaveCount(0);
  await open(page, `/tasks/${id}`);
  await page.getByLabel("Notes").fill("");
  await page.getByLabel("Notes").press("e");
  await page.getByLabel("Title").focus();
  // An input method takes Enter to choose a character; the form must not be sent by it.
  await page.getByLabel("Title").dispatchEvent("keydown", { key: "Enter", isComposing: true });
  await expect(page.getByLabel("Notes")).toHaveValue("e");
  await expect(page.getByRole("button", { name: "Save" })).toBeVisible();
  expect(await query("SELECT status, priority, version, deleted_at FROM tasks WHERE id = $1", [id])).toEqual([
    { status: "pending", priority: 3, version: 1, deleted_at: null },
  ]);
  // The same press without an input method does act, so what was tested above did arrive.
  await open(page, "/inbox");
  await link(page, "Alpha").focus();
  await link(page, "Alpha").dispatchEvent("keydown", { key: "5", code: "Digit5" });
  await expect(told(page, "Saved “Alpha”")).toBeVisible();
});

test("everything that takes focus shows it, on every page", async ({ page, person }) => {
  const id = await seedTask(person, "Alpha", { due: todayIn(person.zone), tags: ["work"], estimate: 30 });
  const without: string[] = [];
  for (const path of ["/next", "/today", "/trash", `/tasks/${id}`, "/activity", "/notifications", "/settings"]) {
    await open(page, path);
    const seen = new Set<string>();
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press("Tab");
      const what = await focused(page);
      if (what.startsWith("body") || seen.has(what)) break;
      seen.add(what);
      if (!(await hasRing(page))) without.push(`${path}: ${what}`);
    }
    expect(seen.size).toBeGreaterThan(5);
  }
  expect(without).toEqual([]);
});

test("a task's own page: Ctrl Enter saves, e completes, s leads to the times to snooze", async ({ page, person }) => {
  const id = await seedTask(person, "Alpha");
  await open(page, `/tasks/${id}`);
  await page.getByLabel("Notes").focus();
  await page.keyboard.type("By keys alone");
  await page.keyboard.press("Control+Enter");
  await expect(told(page, "Saved “Alpha”")).toBeVisible();
  await expect(page.getByLabel("Notes")).toBeFocused();
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: "Move to trash" }).focus();
  await page.keyboard.press("s");
  await expect(page.getByRole("button", { name: /^(Later today|This evening)/ }).first()).toBeFocused();
  await page.keyboard.press("e");
  await expect(told(page, "Completed “Alpha”")).toBeVisible();
  await expect(heading(page, "Alpha")).toHaveCount(1);
});
