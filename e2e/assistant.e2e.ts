import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { isUnauthorized, newerClient, olderClient, type Session, Wallet } from "../src/testing/official-clients.ts";
import { test as base, expect, givePassword, type Person, password, query, seedTask } from "./fixtures.ts";
import { type Answer, Listener } from "./oauth.ts";
import { goTo, heading, mainNav, open, row, signIn, told } from "./pages.ts";

// The main job with the official clients, which are told nothing but the address of /mcp (issue 3, point 7).

type Official = { wallet: Wallet; session: Session };
type Connect = (generation: "newer" | "older", name?: string) => Official;

const test = base.extend<{ listener: Listener; client: Connect }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what is needed here.
  listener: async ({}, use) => {
    const listener = await Listener.start();
    await use(listener);
    await listener.stop();
  },
  client: async ({ baseURL, listener }, use) => {
    const made: Session[] = [];
    // Everybody here registers from one address, which is limited for an hour.
    await query("DELETE FROM rate_limits WHERE key LIKE 'registration:%'");
    await use((generation, name = "Journey") => {
      const wallet = new Wallet(name, listener.redirectUri);
      const session = (generation === "newer" ? newerClient : olderClient)(`${baseURL}/mcp`, wallet);
      made.push(session);
      return { wallet, session };
    });
    await Promise.all(made.map((session) => session.close()));
  },
});

const allow = (page: Page) => page.getByRole("button", { name: "Allow" });
const cancel = (page: Page) => page.getByRole("button", { name: "Cancel" });
const preset = (page: Page, name: string) => page.getByRole("radio", { name: new RegExp(`^${name}`) });

/** What the person does on the consent page in a tab of its own, and what the client gets of it. */
async function consent(page: Page, { wallet }: Official, listener: Listener, decide: (tab: Page) => Promise<void>) {
  const tab = await page.context().newPage();
  await tab.goto(wallet.takeAddress().href);
  await decide(tab);
  const answer: Answer = await listener.answer(tab);
  await tab.close();
  return answer;
}

/** Connected with what the consent page proposes. */
async function connected(page: Page, official: Official, listener: Listener): Promise<Session> {
  const { session } = official;
  expect(await session.connect()).toBe(false);
  await session.finish(await consent(page, official, listener, (tab) => allow(tab).click()));
  expect(await session.connect()).toBe(true);
  return session;
}

/** What `/mcp` says to the token that the client holds. */
async function statusOf(baseURL: string, { wallet }: Official): Promise<number> {
  const response = await fetch(`${baseURL}/mcp`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${wallet.tokens()?.access_token}`,
      "Content-Type": "application/json",
      Accept: "application/json, text/event-stream",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} }),
  });
  return response.status;
}

const isStill = (page: Page) => page.evaluate(() => (window as { isStill?: true }).isStill ?? false);
const entry = (page: Page, text: string) => page.getByRole("listitem").filter({ hasText: text });
const openTitles = async ({ id }: Person): Promise<string[]> => {
  const rows = await query<{ title: string }>(
    "SELECT title FROM tasks WHERE user_id = $1 AND deleted_at IS NULL AND status <> 'completed' ORDER BY title",
    [id],
  );
  return rows.map(({ title }) => title);
};

for (const [generation, protocol] of [
  ["newer", "2026-07-28"],
  ["older", "2025-11-25"],
] as const)
  test(`an assistant by the ${generation} official client is let in, works, is undone, narrowed and disconnected`, async ({
    page,
    account,
    client,
    listener,
    baseURL,
  }) => {
    test.setTimeout(180_000);
    await givePassword(account);
    const first = await seedTask(account, "Answer the museum", { priority: 5 });
    const official = client(generation, "Aide");
    const { session, wallet } = official;

    await test.step("pointed at /mcp alone it finds the authorization server, registers and asks for the person", async () => {
      expect(await session.connect()).toBe(false);
      expect(wallet.clientInformation()?.client_id).toBeTruthy();
      expect(wallet.tokens()).toBeUndefined();
    });

    await test.step("the person signs in by hand, sees who asks, and allows it", async () => {
      await page.goto(wallet.takeAddress().href);
      await expect(page).toHaveURL(/\/sign-in\?returnTo=/);
      await signIn(page, account.email, password);
      await expect(heading(page, "Let Aide work with your tasks?")).toBeVisible();
      await expect(page.getByRole("main")).toContainText("Unverified: chose its own name");
      await allow(page).click();
      await session.finish(await listener.answer(page));
      expect(wallet.tokens()).toMatchObject({
        access_token: expect.any(String),
        refresh_token: expect.any(String),
        scope: "tasks:read tasks:write",
      });
    });

    await test.step("it connects and sees the tools that it may use, and no others", async () => {
      expect(await session.connect()).toBe(true);
      expect(session.protocol()).toBe(protocol);
      const tools = await session.tools();
      expect(tools).toEqual(expect.arrayContaining(["get_next_task", "list_tasks", "create_task", "search", "fetch"]));
      expect(tools).not.toContain("delete_task");
      expect(tools).not.toContain("list_notifications");
    });

    await open(page, "/all");
    await page.evaluate(() => Object.assign(window, { isStill: true }));

    const title = "Order two vitrines";
    const made = await test.step("it says what is next, and adds a task that shows up in the open page", async () => {
      const next = await session.call("get_next_task");
      expect(next.isError).toBe(false);
      expect(next.said).toContain("Answer the museum");
      const args = {
        title,
        priority: 4,
        tags: ["museum"],
        operationKey: randomUUID(),
        reason: "You asked me to prepare the exhibition.",
      };
      const created = await session.call("create_task", args);
      expect(created.content).toMatchObject({ title, priority: 4, replayed: false });
      await expect(row(page, title)).toContainText("#museum");
      expect(await session.call("create_task", args)).toMatchObject({
        content: { id: created.content.id, operationId: created.content.operationId, replayed: true },
      });
      return created.content as { id: string; operationId: string };
    });

    await test.step("it lists, searches, reads, completes and takes back what it did itself", async () => {
      const listed = await session.call("list_tasks", { view: "all" });
      expect((listed.content.items as { title: string }[]).map((task) => task.title).sort()).toEqual([
        "Answer the museum",
        title,
      ]);
      const found = await session.call("search", { query: "vitrines" });
      expect(found.content.results).toEqual([{ id: made.id, title, url: `${baseURL}/tasks/${made.id}` }]);
      expect((await session.call("fetch", { id: made.id })).content).toMatchObject({ id: made.id, title });
      const complete = page.getByRole("button", { name: "Complete: Answer the museum" });
      const completed = await session.call("complete_task", {
        id: first,
        reason: "You told me that you have answered.",
      });
      expect(completed.content.status).toBe("completed");
      await expect(complete).toHaveCount(0);
      const undone = await session.call("undo", { id: completed.content.operationId });
      expect(undone.isError).toBe(false);
      await expect(complete).toBeVisible();
      expect(await isStill(page)).toBe(true);
    });

    await test.step("what it may not touch is not there for it", async () => {
      const refused = await session.call("get_task", { id: randomUUID() });
      expect(refused).toMatchObject({ isError: true, said: "There is nothing here with that id." });
    });

    await test.step("the person reads what it did and why, and undoes it in Activity", async () => {
      await goTo(page, "Activity");
      const added = entry(page, `Aide added ${title}`);
      await expect(added).toContainText("You asked me to prepare the exhibition.");
      await added.getByRole("button", { name: `Undo: ${title}` }).click();
      await expect(told(page, "Undone.")).toBeVisible();
      await expect(added).toContainText("Undone");
      expect(await openTitles(account)).toEqual(["Answer the museum"]);
      expect((await session.call("search", { query: "vitrines" })).content.results).toEqual([]);
    });

    await test.step("the person takes writing away: the tools vanish and are refused at the next call", async () => {
      await mainNav(page).getByRole("link", { name: /^Aide/ }).click();
      await expect(heading(page, "Aide")).toBeVisible();
      await page.getByText("Change", { exact: false }).and(page.locator("summary")).click();
      await page.getByRole("switch", { name: /^Add, edit and complete tasks/ }).uncheck();
      await page.getByRole("button", { name: "Save" }).click();
      await expect(told(page, "Saved. It holds from the next call of Aide.")).toBeVisible();
      const tools = await session.tools();
      expect(tools).toContain("list_tasks");
      expect(tools).not.toContain("create_task");
      const write = () =>
        session.call("create_task", { title: "Behind the back", priority: 3 }).catch((error: unknown) => error);
      if (generation === "older")
        expect(await write()).toMatchObject({ isError: true, said: "This needs the permission tasks:write." });
      else {
        // First it renews its token, which brings no more; then it knows that the person has to be asked.
        expect(await write()).toMatchObject({ data: { status: 403 } });
        expect(isUnauthorized(await write())).toBe(true);
        expect(wallet.takeAddress().searchParams.get("scope")?.split(" ")).toContain("tasks:write");
      }
      expect(await openTitles(account)).toEqual(["Answer the museum"]);
      expect((await session.call("list_tasks")).isError).toBe(false);
    });

    await test.step("the person disconnects it, and its next call fails with 401", async () => {
      expect(await statusOf(baseURL ?? "", official)).toBe(200);
      await page.getByRole("button", { name: "Disconnect", exact: true }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Disconnect", exact: true }).click();
      await expect(told(page, "Aide is disconnected. Its next call is refused.")).toBeVisible();
      expect(await statusOf(baseURL ?? "", official)).toBe(401);
      const failed = await session.call("list_tasks").catch((error: unknown) => error);
      expect(isUnauthorized(failed)).toBe(true);
    });
  });

for (const generation of ["newer", "older"] as const)
  test(`a refusal reaches the ${generation} official client as access_denied, and it gets nothing`, async ({
    page,
    person,
    client,
    listener,
  }) => {
    const official = client(generation);
    expect(await official.session.connect()).toBe(false);
    const answer = await consent(page, official, listener, (tab) => cancel(tab).click());
    expect(answer).toMatchObject({ error: "access_denied" });
    expect(official.wallet.returned(answer).get("code")).toBeNull();
    expect(official.wallet.tokens()).toBeUndefined();
    expect(await query("SELECT FROM grants WHERE user_id = $1", [person.id])).toEqual([]);
  });

test("what needs a further permission is asked for where it is needed, allowed by the person, and then done", async ({
  page,
  person,
  client,
  listener,
}) => {
  const id = await seedTask(person, "Old draft");
  const official = client("newer");
  const session = await connected(page, official, listener);
  expect(await session.tools()).not.toContain("delete_task");

  const refused = await session.call("delete_task", { id }).catch((error: unknown) => error);
  expect(isUnauthorized(refused)).toBe(true);
  const answer = await consent(page, official, listener, async (tab) => {
    await expect(preset(tab, "Full")).not.toBeChecked();
    await preset(tab, "Full").check();
    await allow(tab).click();
  });
  await session.finish(answer);
  expect(official.wallet.tokens()?.scope?.split(" ")).toContain("tasks:delete");

  const shown = await session.call("delete_task", { id, reason: "You said it is outdated." });
  expect(shown.content).toMatchObject({ preview: true, confirmation: expect.any(String) });
  expect(await openTitles(person)).toEqual(["Old draft"]);
  await open(page, "/all");
  await expect(row(page, "Old draft")).toBeVisible();
  const { confirmation } = shown.content;
  const done = await session.call("delete_task", { id, confirmation, reason: "You said it is outdated." });
  expect(done.isError).toBe(false);
  await expect(row(page, "Old draft")).toHaveCount(0);
  expect(await openTitles(person)).toEqual([]);
  await goTo(page, "Trash");
  await expect(row(page, "Old draft")).toContainText("Kept until");
});

test("asked for a further permission, the person may say no: the assistant goes on with what it has", async ({
  page,
  person,
  client,
  listener,
}) => {
  const id = await seedTask(person, "Stays here");
  const official = client("newer");
  const session = await connected(page, official, listener);
  await session.call("delete_task", { id }).catch(() => undefined);
  const answer = await consent(page, official, listener, (tab) => cancel(tab).click());
  expect(answer).toMatchObject({ error: "access_denied" });
  expect((await session.call("list_tasks")).isError).toBe(false);
  expect(await openTitles(person)).toEqual(["Stays here"]);
});
