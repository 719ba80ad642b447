import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, query, test } from "./fixtures.ts";

// What the guide tells people to type is typed here, in its order, into a shell.

const guide = readFileSync(path.resolve(import.meta.dirname, "../docs/assistants/others.md"), "utf8");

/** The blocks of a chapter that are marked as shell and nothing else. */
function blocksOf(chapter: string): string[] {
  const [, text = ""] = guide.split(`\n## ${chapter}\n`);
  const [own = ""] = text.split("\n## ");
  return [...own.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = ""]) => block);
}

const callback = "http://127.0.0.1:8914/callback";

test("the way of an assistant with curl works as the guide says, from being turned away to giving the token back", async ({
  page,
  person,
  baseURL,
}) => {
  const blocks = blocksOf("With curl, step by step");
  expect(blocks).toHaveLength(8);
  const shell = spawn("sh", ["-eu", "-c", blocks.map((block, at) => `echo "## ${at + 1}"\n${block}`).join("\n")], {
    env: { ...process.env, MINDFLOW: baseURL },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [shell.stdout, shell.stderr])
    stream.setEncoding("utf8").on("data", (more: string) => {
      printed += more;
    });
  const ended = new Promise<number | null>((resolve) => shell.once("close", resolve));

  await expect.poll(() => printed, { timeout: 20_000 }).toMatch(/\/oauth\/authorize\?\S+\n/);
  // Nobody listens there; what the person copies from the address bar is all there is.
  await page.route(`${callback}*`, (route) =>
    route.fulfill({ contentType: "text/html", body: "<title>Nobody</title>" }),
  );
  await page.goto(/http\S+\/oauth\/authorize\?\S+/.exec(printed)?.[0] ?? "");
  await page.getByRole("button", { name: "Allow" }).click();
  await page.waitForURL(`${callback}*`);
  shell.stdin.end(`${page.url()}\n`);
  expect([await ended, printed]).toEqual([0, expect.stringContaining("after that: 401")]);

  const step = (number: number) => printed.split(/^## \d\n/m)[number] ?? "";
  expect(step(1)).toContain("oauth-protected-resource");
  expect(step(3)).not.toContain("not ours");
  expect(step(4)).toBe("allowed: tasks:read tasks:write\n");
  expect(step(5)).toContain('"name":"create_task"');
  expect(step(5)).not.toContain('"isError":true');
  expect(step(6)).toContain('"capability":"tasks.complete"');
  expect(step(7)).toBe("with the new token: 200\n");
  const tasks = await query(
    "SELECT title, completed_at IS NOT NULL AS done FROM tasks WHERE user_id = $1 ORDER BY title",
    [person.id],
  );
  expect(tasks).toEqual([
    { title: "Call the piano tuner", done: false },
    { title: "Collect the receipts", done: true },
  ]);
});
