import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, type Person, query, seedTask, seedTasks, test, todayIn } from "./fixtures.ts";
import { addTask, alerted, composer, heading, open, row, titleOf } from "./pages.ts";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const looks = [
  ["light", 1280],
  ["dark", 1280],
  ["light", 390],
  ["dark", 390],
] as const;

// Nothing fades in while colours are measured.
test.use({ contextOptions: { reducedMotion: "reduce" } });

/** What axe finds, in a form that says where. */
async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).withTags(tags).analyze();
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target.join(" ")}: ${failureSummary}`),
  );
}

/** Looks at what `show` brings up in both themes and both widths. */
async function check(page: Page, show: () => Promise<unknown>): Promise<void> {
  const found: string[] = [];
  for (const [colorScheme, width] of looks) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await show();
    found.push(...(await violations(page)).map((what) => `${colorScheme} ${width}: ${what}`));
  }
  expect(found).toEqual([]);
}

/** A week with something of everything that a page can show. @returns the id of one task */
async function fill(person: Person): Promise<string> {
  const today = todayIn(person.zone);
  await query("UPDATE users SET role = 'admin' WHERE id = $1", [person.id]);
  for (const priority of [1, 2, 3, 4, 5])
    await seedTask(person, `Priority ${priority}`, { priority, due: today, tags: ["work"], estimate: 30 });
  await seedTask(person, "Late by months", { due: "2026-01-05", priority: 4 });
  await seedTask(person, "Sleeping", { snoozedUntil: new Date(Date.now() + 90_000_000).toISOString(), due: today });
  const [done = "", gone = "", started = ""] = await seedTasks(person, ["Done today", "Thrown away", "Under way"], {
    due: today,
  });
  await query("UPDATE tasks SET status = 'completed', completed_at = now() WHERE id = $1", [done]);
  await query("UPDATE tasks SET deleted_at = now(), deleted_by = $2 WHERE id = $1", [gone, person.id]);
  await query("UPDATE tasks SET status = 'in_progress', started_at = now() WHERE id = $1", [started]);
  await query(
    "INSERT INTO notifications (id, user_id, type, title, message) VALUES (gen_random_uuid(), $1, 'LOGIN', 'Signed in', 'Your account was signed in from Chromium on Linux.')",
    [person.id],
  );
  return await seedTask(person, "The task itself", { description: "Notes\nover two lines", tags: ["one", "two"] });
}

for (const path of ["/", "/sign-in", "/setup", "/sign-up", "/no/such/page"])
  test(`axe finds nothing on ${path}, signed out`, async ({ page }) => {
    await check(page, async () => {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
    });
  });

for (const path of [
  "/next",
  "/today",
  "/inbox",
  "/all",
  "/trash",
  "/activity",
  "/assistants",
  "/notifications",
  "/settings",
  "/admin/users",
  "/tasks/none",
])
  test(`axe finds nothing on ${path}, full and empty`, async ({ page, person }) => {
    const show = async () => {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
    };
    await show();
    expect(await violations(page)).toEqual([]);
    await fill(person);
    if (path === "/activity") {
      await open(page, "/inbox");
      await addTask(page, { title: "Written down" });
      await row(page, "Written down")
        .getByRole("button", { name: /^Complete/ })
        .click();
    }
    if (path === "/admin/users") {
      await show();
      await page.getByRole("button", { name: "Create invite link" }).click();
      await expect(page.getByRole("textbox", { name: "Copy link" })).toBeVisible();
    }
    await check(page, show);
  });

test("axe finds nothing on a task's page, in the trash and in conflict", async ({ page, person }) => {
  const id = await fill(person);
  await check(page, async () => {
    await page.goto(`/tasks/${id}`);
    await expect(page.getByLabel("Title")).toHaveValue("The task itself");
    await page.getByText("Snooze", { exact: true }).first().click();
  });
  await page.getByLabel("Title").fill("Mine");
  await query("UPDATE tasks SET title = 'Theirs', version = version + 1 WHERE id = $1", [id]);
  await page.getByText("Compare", { exact: true }).first().click();
  expect(await violations(page)).toEqual([]);
  await query("UPDATE tasks SET deleted_at = now() WHERE id = $1", [id]);
  await page.goto(`/tasks/${id}`);
  expect(await violations(page)).toEqual([]);
});

test.describe("signed out, with what the server had to say", () => {
  test("axe finds nothing on the forms with errors, and on the invite", async ({ page, person, context }) => {
    await query("UPDATE users SET role = 'admin' WHERE id = $1", [person.id]);
    await page.goto("/admin/users");
    await page.getByRole("button", { name: "Create invite link" }).click();
    const link = await page.getByRole("textbox", { name: "Copy link" }).inputValue();
    await context.clearCookies();
    await check(page, async () => {
      await page.goto(link);
      await expect(heading(page, "Join MindFlow")).toBeVisible();
    });
    await page.getByLabel("Name").fill("Bo Ek");
    await page.getByLabel("E-mail").fill("bo@example.com");
    await page.getByLabel("Choose a password").fill("password1234");
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(alerted(page, "Some fields need attention.")).toBeVisible();
    expect(await violations(page)).toEqual([]);
  });
});

test.describe("with something open", () => {
  test("axe finds nothing with the composer open, a toast shown and an error told", async ({ page, person }) => {
    await fill(person);
    await check(page, async () => {
      await open(page, "/inbox");
      await addTask(page, { title: "With a toast" });
      await expect(page.getByRole("status").filter({ hasText: "Added “With a toast”" })).toBeVisible();
      await titleOf(composer(page)).focus();
      await expect(composer(page).getByLabel("Due on")).toBeVisible();
    });
    await addTask(page, { title: "Refused", tags: "x".repeat(51) });
    await expect(page.getByText("Could not add the task.")).toBeVisible();
    expect(await violations(page)).toEqual([]);
  });

  for (const [key, name] of [
    ["s", "Snooze: The task itself"],
    ["d", "Date: The task itself"],
    ["m", "More: The task itself"],
  ] as const)
    test(`axe finds nothing with the menu “${name}” open`, async ({ page, person }) => {
      await fill(person);
      await check(page, async () => {
        await open(page, "/inbox");
        await page.getByRole("link", { name: "The task itself" }).focus();
        await page.keyboard.press(key);
        await expect(page.getByRole("menu", { name })).toBeVisible();
      });
    });

  const openings: [string, (page: Page, person: Person) => Promise<void>][] = [
    [
      "the list of keys",
      async (page) => {
        await page.keyboard.press("Shift+?");
        await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
      },
    ],
    [
      "the dialog for a new task",
      async (page) => {
        await page.keyboard.press("q");
        await expect(page.getByRole("dialog", { name: "Add task" })).toBeVisible();
      },
    ],
    [
      "the account's menu",
      async (page, person) => {
        const isWide = (page.viewportSize()?.width ?? 0) > 767;
        await page.getByRole("button", { name: isWide ? person.name : "More" }).click();
        await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
      },
    ],
  ];
  for (const [what, show] of openings)
    test(`axe finds nothing with ${what} open`, async ({ page, person }) => {
      await fill(person);
      await check(page, async () => {
        await open(page, "/next");
        await show(page, person);
      });
    });
});
