import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { Caller, connect, haveRead } from "./assistants.ts";
import { expect, expectNoSidewaysScroll, query, seedTask, test, todayIn } from "./fixtures.ts";
import { heading, mainNav, open, row, told } from "./pages.ts";

const region = (page: Page, name: string) => page.getByRole("region", { name });
const receipt = (page: Page, text: string | RegExp) => page.getByRole("listitem").filter({ hasText: text });
const undoPanel = (page: Page, name: string) => region(page, `Undo what ${name} did`);
const disconnect = (page: Page) => page.getByRole("button", { name: "Disconnect", exact: true });

test("an empty page says how to connect an assistant, with the address to give it", async ({
  page,
  person,
  baseURL,
}) => {
  await open(page, "/assistants");
  await expect(heading(page, "Assistants")).toBeVisible();
  await expect(page.getByRole("heading", { name: "No assistant is connected yet" })).toBeVisible();
  await expect(page.getByLabel("Address")).toHaveValue(`${baseURL}/mcp`);
  for (const name of ["ChatGPT", "Claude", "VS Code"])
    await expect(page.getByText(name, { exact: true })).toBeVisible();
  expect(person.id).toBeTruthy();
});

test("what an assistant does shows up in the open page with its reason, and is undone there", async ({
  page,
  person,
  request,
}) => {
  const connection = await connect(person, { name: "Claude", host: "claude.ai", trust: "verified" });
  const claude = new Caller(request, connection);
  await open(page, `/assistants/${connection.id}`);
  await expect(heading(page, "Claude")).toBeVisible();
  await expect(page.getByText("Verified by this server")).toBeVisible();
  await expect(region(page, "Health")).toContainText("Waiting for its first call");

  await claude.add("Order two vitrines", "From the checklist you pasted.");
  await haveRead(person, connection, 18, 3);
  await claude.beRefused();
  await expect(receipt(page, "Added “Order two vitrines”")).toContainText("“From the checklist you pasted.”");
  await expect(receipt(page, "Read 18 tasks, 3 calls")).toBeVisible();
  await expect(receipt(page, "Refused: asked for something that is not there")).toBeVisible();
  await expect(page.getByText("18 read, 1 changed, 1 refused")).toBeVisible();
  await expect(region(page, "Health")).toContainText("Working");

  await receipt(page, "Added “Order two vitrines”").getByRole("button", { name: "Undo" }).click();
  await expect(told(page, "Undone.")).toBeVisible();
  await expect(receipt(page, "Added “Order two vitrines”")).toContainText("Undone");
  expect(await query("SELECT 1 FROM tasks WHERE user_id = $1 AND deleted_at IS NULL", [person.id])).toEqual([]);
});

test("the bell tells of an assistant's first change and leads to it", async ({ page, person, request }) => {
  const connection = await connect(person, { name: "Claude" });
  await new Caller(request, connection).add("Its first");
  await open(page, "/notifications");
  const first = receipt(page, "First change by an assistant");
  await expect(first).toContainText("Unread");
  await expect(receipt(page, "Claude added “Its first”.")).toBeVisible();
  await first.getByRole("link").click();
  await expect(page).toHaveURL(new RegExp(`/assistants/${connection.id}$`));
  await expect(heading(page, "Claude")).toBeVisible();
});

test("everything one assistant did is taken back but what the person changed later, and that undo can be undone", async ({
  page,
  person,
  request,
}) => {
  const connection = await connect(person);
  const aide = new Caller(request, connection);
  const mine = await seedTask(person, "Mine", { priority: 3 });
  await aide.update(mine, { title: "Renamed", priority: 5 });
  await aide.complete(mine);
  for (const title of ["One", "Two", "Kept"]) await aide.add(title);
  await open(page, "/inbox");
  await row(page, "Kept").getByRole("link", { name: "Kept" }).click();
  await page.getByLabel("Title").fill("Kept, edited");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(told(page, /Saved/)).toBeVisible();

  await open(page, `/assistants/${connection.id}`);
  const panel = undoPanel(page, "Aide");
  await expect(panel).toContainText("Changed by Aide4");
  await expect(panel).toContainText("Changed later, stays− 1");
  await expect(panel).toContainText("Will be undone3");
  await panel.getByLabel("How far back").selectOption({ label: "In the last hour" });
  await panel.getByRole("button", { name: "Undo 3 changes" }).click();
  const toast = told(page, "3 undone. 1 stays as it is because it was changed later: “Kept”.");
  // It stays as long as somebody points at it.
  await toast.hover();
  const titles = () =>
    query<{ title: string; status: string }>(
      "SELECT title, status FROM tasks WHERE user_id = $1 AND deleted_at IS NULL ORDER BY title",
      [person.id],
    );
  expect(await titles()).toEqual([
    { title: "Kept, edited", status: "pending" },
    { title: "Mine", status: "pending" },
  ]);
  await expect(panel).toContainText("Will be undone0");
  await expect(panel.getByRole("button", { name: /^Undo/ })).toHaveCount(0);

  await toast.getByRole("button", { name: "Undo" }).click();
  await expect(receipt(page, "Added “One”")).toBeVisible();
  await expect
    .poll(async () => (await titles()).map(({ title }) => title))
    .toEqual(["Kept, edited", "One", "Renamed", "Two"]);
});

test("narrowing, pausing and disconnecting bite at the assistant's next call", async ({ page, person, request }) => {
  const connection = await connect(person);
  const aide = new Caller(request, connection);
  expect(await aide.statuses()).toEqual([200, 201]);
  await open(page, `/assistants/${connection.id}`);

  const reach = region(page, "What it may do");
  await reach.locator("summary").click();
  await reach.getByRole("switch", { name: /^Add, edit and complete tasks/ }).uncheck();
  await reach.getByRole("button", { name: "Save" }).click();
  await expect(told(page, "Saved. It holds from the next call of Aide.")).toBeVisible();
  await expect(reach.getByRole("definition").nth(1)).toHaveText(/Add, edit, complete/);
  expect(await aide.statuses()).toEqual([200, 403]);

  await page.getByRole("button", { name: "Pause" }).click();
  await expect(told(page, "Aide is paused. It gets nothing until you resume it.")).toBeVisible();
  await expect(mainNav(page).getByRole("link", { name: /Aide/ })).toContainText("Paused");
  expect(await aide.statuses()).toEqual([403, 403]);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(told(page, "Aide can go on.")).toBeVisible();
  expect(await aide.statuses()).toEqual([200, 403]);

  await disconnect(page).click();
  const dialog = page.getByRole("dialog", { name: "Disconnect Aide?" });
  await expect(dialog).toContainText("Will be undone1");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(disconnect(page)).toBeFocused();
  await disconnect(page).click();
  await dialog.getByRole("button", { name: "Disconnect", exact: true }).click();
  await expect(told(page, "Aide is disconnected. Its next call is refused.")).toBeVisible();
  await expect(region(page, "Health")).toContainText("You disconnected it");
  await expect(disconnect(page)).toHaveCount(0);
  await expect(mainNav(page).getByRole("link", { name: /Aide/ })).toHaveCount(0);
  expect(await aide.statuses()).toEqual([401, 401]);
  await page.goto("/assistants");
  await expect(region(page, "Ended in the last 90 days")).toContainText("Aide");
});

test("disconnecting with undo takes the last day back as well", async ({ page, person, request }) => {
  const connection = await connect(person);
  const aide = new Caller(request, connection);
  await aide.add("One");
  await aide.add("Two");
  await open(page, `/assistants/${connection.id}`);
  await disconnect(page).click();
  await page.getByRole("button", { name: "Disconnect and undo its last 24 h" }).click();
  await expect(told(page, "Aide is disconnected. Its next call is refused. 2 undone.")).toBeVisible();
  expect(await aide.statuses()).toEqual([401, 401]);
  expect(await query("SELECT 1 FROM tasks WHERE user_id = $1 AND deleted_at IS NULL", [person.id])).toEqual([]);
});

test("activity shows who it was, can be narrowed to one of them, and undoes its day", async ({
  page,
  person,
  request,
}) => {
  const claude = await connect(person, { name: "Claude" });
  const other = await connect(person, { name: "ChatGPT", color: 1 });
  await new Caller(request, claude).add("By Claude", "You asked.");
  await new Caller(request, other).add("By ChatGPT");
  await new Caller(request, claude).beRefused();
  await haveRead(person, claude, 5, 1);
  await open(page, "/activity");
  await expect(receipt(page, "Claude added By Claude")).toContainText("“You asked.”");
  await expect(receipt(page, "ChatGPT added By ChatGPT")).toBeVisible();
  await expect(receipt(page, "Claude read 5 tasks, 1 call")).toContainText("Read");
  await expect(receipt(page, "Claude was refused")).toContainText("Nothing was shown or changed.");

  const filters = page.getByRole("navigation", { name: "Whose activity" });
  await filters.getByRole("link", { name: "Changes only" }).click();
  await expect(receipt(page, "Claude was refused")).toHaveCount(0);
  await filters.getByRole("link", { name: "Claude" }).click();
  await expect(filters.getByRole("link", { name: "Claude" })).toHaveAttribute("aria-current", "true");
  await expect(receipt(page, "ChatGPT added")).toHaveCount(0);
  await page.getByRole("button", { name: "Undo 1 change" }).click();
  await expect(told(page, "Undone.")).toBeVisible();
  await expect(receipt(page, "Claude added By Claude")).toContainText("Undone");
  await filters.getByRole("link", { name: "Me", exact: true }).click();
  await expect(receipt(page, "You undid a change of By Claude by Claude")).toBeVisible();
});

test("a connection that is not this person's is not there", async ({ page, person }) => {
  await page.goto(`/assistants/${crypto.randomUUID()}`);
  await expect(heading(page, "There is nothing here")).toBeVisible();
  await page.goto("/assistants/nothing");
  await expect(heading(page, "There is nothing here")).toBeVisible();
  await page.getByRole("link", { name: "Open assistants" }).click();
  await expect(heading(page, "Assistants")).toBeVisible();
  await expect(page.getByRole("button", { name: person.name })).toBeVisible();
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });

  test("an assistant is narrowed, paused, undone and disconnected", async ({ page, person, request }) => {
    const connection = await connect(person);
    const aide = new Caller(request, connection);
    await aide.add("One");
    await aide.add("Two");
    await page.goto(`/assistants/${connection.id}`);

    const reach = region(page, "What it may do");
    await reach.locator("summary").click();
    await reach.getByRole("switch", { name: /^Move tasks to the trash/ }).uncheck();
    await reach.getByRole("button", { name: "Save" }).click();
    await expect(told(page, "Saved. It holds from the next call of Aide.")).toBeVisible();
    await expect(reach.getByRole("definition").nth(1)).toHaveText(/Delete/);

    await page.getByRole("button", { name: "Pause" }).click();
    await expect(told(page, "Aide is paused. It gets nothing until you resume it.")).toBeVisible();
    await page.getByRole("button", { name: "Resume" }).click();
    await expect(told(page, "Aide can go on.")).toBeVisible();

    const panel = undoPanel(page, "Aide");
    await panel.getByLabel("How far back").selectOption({ label: "Since it was connected" });
    await panel.getByRole("button", { name: "Show" }).click();
    await expect(panel.getByLabel("How far back")).toHaveValue("connected");
    await panel.getByRole("button", { name: "Undo 2 changes" }).click();
    await expect(told(page, "2 undone.")).toBeVisible();
    await told(page, "2 undone.").getByRole("button", { name: "Undo" }).click();
    await expect(told(page, "Undone.")).toBeVisible();
    await expect(receipt(page, "Added “One”")).toBeVisible();

    await disconnect(page).click();
    await page
      .getByRole("dialog", { name: "Disconnect Aide?" })
      .getByRole("button", { name: "Disconnect", exact: true })
      .click();
    await expect(told(page, "Aide is disconnected. Its next call is refused.")).toBeVisible();
    expect(await aide.statuses()).toEqual([401, 401]);
  });
});

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

test.describe("for everybody", () => {
  // Nothing fades in while colours are measured.
  test.use({ contextOptions: { reducedMotion: "reduce" } });

  type Show = (page: Page, ids: Readonly<{ id: string; over: string }>) => Promise<unknown>;
  const shows: Readonly<Record<string, Show>> = {
    "the list": (page) => page.goto("/assistants"),
    "one assistant, its switches open": async (page, { id }) => {
      await open(page, `/assistants/${id}`);
      await page.locator("summary").click();
    },
    "the question before disconnecting": async (page, { id }) => {
      await open(page, `/assistants/${id}`);
      await disconnect(page).click();
    },
    "one that is over": (page, { over }) => page.goto(`/assistants/${over}`),
    "the activity of one": (page, { id }) => page.goto(`/activity?who=${id}`),
    "notifications about assistants": (page) => page.goto("/notifications"),
  };

  for (const [what, show] of Object.entries(shows))
    test(`axe finds nothing on ${what}, in both themes; nothing scrolls sideways at 320 px`, async ({
      page,
      person,
      request,
    }) => {
      const name = "A name that nobody checked and that is rather long";
      const connection = await connect(person, { name, host: null, trust: "self" });
      await connect(person, { name: "Paused one", color: 3 });
      await query("UPDATE grants SET paused_at = now() WHERE color = 3 AND user_id = $1", [person.id]);
      const { id: over } = await connect(person, { name: "Over", color: 5 });
      await query("UPDATE grants SET ended_at = now(), ended_by = 'person' WHERE id = $1", [over]);
      const aide = new Caller(request, connection);
      const mine = await seedTask(person, "Mine");
      await aide.update(mine, { dueDate: todayIn(person.zone), reason: "You asked to clear Thursday." });
      await aide.add("Atitlewithoutanyspace".repeat(5));
      await aide.beRefused();
      await haveRead(person, connection, 42, 2);
      const found: string[] = [];
      for (const [colorScheme, width] of [
        ["light", 1280],
        ["dark", 1280],
        ["light", 390],
        ["dark", 320],
      ] as const) {
        await page.setViewportSize({ width, height: 800 });
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await show(page, { id: connection.id, over });
        const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
        for (const { id, nodes } of violations)
          for (const { target, failureSummary } of nodes)
            found.push(`${colorScheme} ${width}: ${id} at ${target.join(" ")}: ${failureSummary}`);
        await expectNoSidewaysScroll(page);
      }
      expect(found).toEqual([]);
    });
});
