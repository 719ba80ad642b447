import { spawn } from "node:child_process";
import path from "node:path";
import { test as base, expect, givePassword, password, query, todayIn } from "./fixtures.ts";
import { heading } from "./pages.ts";
import { startProduct } from "./product.ts";

// `npm run demo` as a newcomer types it: a program of its own, beside the product under test.

const root = path.resolve(import.meta.dirname, "..");

type Demo = Readonly<{
  /** Everything printed so far. */
  printed: () => string;
  /** Waits until something was printed. @returns the match */
  until: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** Its exit code, once it has ended. */
  ended: Promise<number | null>;
}>;

const test = base.extend<{ demo: (...args: string[]) => Demo }>({
  demo: async ({ baseURL }, use) => {
    const running: (() => void)[] = [];
    await use((...args) => {
      const own = args.some((arg) => arg.startsWith("--url=")) ? [] : [`--url=${baseURL}`];
      const child = spawn(process.execPath, ["scripts/demo.mjs", ...own, ...args], {
        cwd: root,
        env: { ...process.env, NO_COLOR: "1" },
        stdio: ["ignore", "pipe", "pipe"],
      });
      running.push(() => child.kill("SIGINT"));
      let text = "";
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (more: string) => {
          text += more;
        });
      const printed = () => text;
      const until = async (pattern: RegExp) => {
        await expect.poll(printed, { timeout: 30_000 }).toMatch(pattern);
        return pattern.exec(text) as RegExpExecArray;
      };
      return { printed, until, ended: new Promise((resolve) => child.once("close", resolve)) };
    });
    for (const stop of running) stop();
  },
});

const signingIn = (email: string, secret = password) => ["--auto", `--email=${email}`, `--password=${secret}`];
const grantsOf = (userId: string) =>
  query<{ id: string; ended_at: Date | null }>("SELECT id, ended_at FROM grants WHERE user_id = $1", [userId]);

test("shows the main job by itself: connects with the person's approval, plans a day, tells why, takes one thing back", async ({
  account,
  demo,
}) => {
  await givePassword(account);
  const run = demo(...signingIn(account.email));
  expect([await run.ended, run.printed()]).toEqual([0, expect.stringContaining("That was an assistant at work.")]);

  const tasks = await query(
    `SELECT title, priority, due_date::text AS due, completed_at IS NOT NULL AS done, snoozed_until IS NOT NULL AS snoozed,
            deleted_at IS NOT NULL AS gone FROM tasks WHERE user_id = $1 ORDER BY created_at, id`,
    [account.id],
  );
  const today = todayIn(account.zone);
  const open = { done: false, snoozed: false, gone: false };
  expect(tasks).toEqual([
    { title: "Choose three tasks for today", priority: 4, due: today, ...open, done: true },
    { title: "Walk for half an hour", priority: 3, due: today, ...open },
    { title: "Clear the desk for tomorrow", priority: 2, due: today, ...open, snoozed: true },
    { title: "Look back on the week", priority: 2, due: expect.not.stringMatching(today), ...open },
  ]);

  const [grant] = await grantsOf(account.id);
  const journal = await query<{ capability: string; reason: string | null }>(
    "SELECT capability, reason FROM operations WHERE user_id = $1 AND grant_id = $2 ORDER BY created_at, id",
    [account.id, grant?.id],
  );
  expect(journal.map(({ capability }) => capability)).toEqual([
    ...Array(4).fill("tasks.create"),
    "tasks.complete",
    "tasks.snooze",
    "tasks.update",
    "operations.undo",
  ]);
  expect(journal.filter(({ capability, reason }) => capability !== "operations.undo" && !reason)).toEqual([]);
  for (const { reason } of journal.filter((operation) => operation.capability === "tasks.create"))
    expect(run.printed()).toContain(`Why: ${reason}`);
  expect(run.printed()).not.toMatch(/eyJ[\w-]+\./);
});

test("cleans up after itself when asked to, and its token opens nothing any more", async ({ account, demo }) => {
  await givePassword(account);
  const run = demo(...signingIn(account.email), "--clean");
  expect([await run.ended, run.printed()]).toEqual([0, expect.stringContaining("Disconnects itself.")]);
  expect(await query("SELECT FROM tasks WHERE user_id = $1 AND deleted_at IS NULL", [account.id])).toHaveLength(0);
  expect(await query("SELECT FROM tasks WHERE user_id = $1", [account.id])).toHaveLength(4);
  expect(await grantsOf(account.id)).toEqual([expect.objectContaining({ ended_at: expect.any(Date) })]);
});

test("ends with the person's Cancel, and says that nothing was connected", async ({ page, person, demo }) => {
  const run = demo("--no-open");
  const [address] = await run.until(/http\S+\/oauth\/authorize\?\S+/);
  await page.goto(address);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(heading(page, "Nothing was allowed")).toBeVisible();
  expect([await run.ended, run.printed()]).toEqual([
    1,
    expect.stringContaining("You cancelled: nothing was connected"),
  ]);
  expect(await grantsOf(person.id)).toEqual([]);
});

test("only looks when the person allows no more", async ({ page, person, demo }) => {
  const run = demo("--no-open");
  const [address] = await run.until(/http\S+\/oauth\/authorize\?\S+/);
  await page.goto(address);
  await page.getByRole("radio", { name: /^Look only/ }).check();
  await page.getByRole("button", { name: "Allow" }).click();
  await expect(heading(page, "Connected")).toBeVisible();
  expect([await run.ended, run.printed()]).toEqual([0, expect.stringContaining("It may only look")]);
  expect(await query("SELECT FROM operations WHERE user_id = $1", [person.id])).toHaveLength(0);
});

test("says so when the password is wrong, when nobody has an account, and when no MindFlow runs", async ({
  account,
  demo,
}) => {
  await givePassword(account);
  const wrong = demo(...signingIn(account.email, "not the password at all"));
  expect([await wrong.ended, wrong.printed()]).toEqual([
    1,
    expect.stringContaining(`did not sign ${account.email} in: This e-mail and password do not match an account.`),
  ]);
  expect(await grantsOf(account.id)).toEqual([]);

  const empty = await startProduct(process.env.E2E_POSTGRES_URL ?? "");
  const nobody = demo(`--url=${empty.url}`);
  expect([await nobody.ended, nobody.printed()]).toEqual([1, expect.stringContaining("Nobody has an account")]);
  await empty.stop();
  const stopped = demo(`--url=${empty.url}`);
  expect([await stopped.ended, stopped.printed()]).toEqual([
    1,
    expect.stringContaining("Start it first, in another terminal: npm start -- --demo"),
  ]);
});
