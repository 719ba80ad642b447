import { beforeAll, describe, expect, test, vi } from "vitest";
import { signedIn } from "#testing/browser.ts";
import { captureLog } from "#testing/captured-log.ts";
import { actorOf, makePerson, type Person } from "#testing/factories.ts";
import { inPage } from "#testing/next-scope.ts";
import { run } from "#testing/rows.ts";
import { call } from "#testing/wires.ts";
import { capabilities } from "./capabilities.ts";
import { handleRefusal } from "./forms/refusal.ts";
import { handleUnknown } from "./rest/handler.ts";

// The bundler gives server code this file of Next's under the name; Node would take the browser's.
vi.mock("next/navigation", () => import("next/dist/client/components/navigation.react-server.js"));

const page = await import("./page.ts");
let person: Person;
let cookie: string;
beforeAll(async () => {
  person = await makePerson({ zone: "Pacific/Chatham" });
  await run("UPDATE users SET theme = 'dark' WHERE id = $1", [person.id]);
  ({ cookie } = await signedIn(person));
});
const path = (value: string) => ({ "x-mindflow-path": value });

describe("a server-rendered page", () => {
  test("knows who looks, and reads through the one door as they", async () => {
    const actor = actorOf(person);
    const { id } = await call(actor, "tasks.create", { title: "On the page" });
    const seen = await inPage({ cookie }, async () => ({
      who: (await page.viewer()).actor,
      tasks: await page.read(capabilities.tasks.list, { view: "inbox" }),
      theme: await page.theme(),
      where: await page.whereOf(),
    }));
    expect(seen).toMatchObject({
      value: {
        who: { userId: person.id, zone: "Pacific/Chatham", via: "browser" },
        tasks: { items: [{ id, title: "On the page" }] },
        theme: "dark",
        where: { zone: "Pacific/Chatham", now: expect.any(Number) },
      },
    });
  });

  test("sends somebody signed out to sign in, and back to where they were", async () => {
    for (const sent of ["", "__Host-mindflow.session=forged"])
      expect(await inPage({ cookie: sent, ...path("/today?sort=due") }, page.viewer)).toEqual({
        digest: expect.stringContaining("/sign-in?returnTo=%2Ftoday%3Fsort%3Ddue"),
      });
    expect(await inPage({}, page.theme)).toEqual({ value: "system" });
  });

  test("that asks for what is not there, not theirs, or no id, is the 404 page", async () => {
    for (const id of ["019aa000-0000-7000-8000-000000000000", "nonsense"])
      expect(await inPage({ cookie }, () => page.read(capabilities.tasks.get, { id }))).toEqual({
        digest: expect.stringContaining("404"),
      });
  });

  test("is one line in the log: path without secrets, person, queries, outcome", async () => {
    const { lines } = await captureLog(() =>
      inPage({ cookie, ...path("/tasks/x?token=canary&view=1") }, () => page.read(capabilities.tasks.get, { id: "x" })),
    );
    expect(lines).toContainEqual(
      expect.objectContaining({ door: "page", path: "/tasks/x?token=REDACTED&view=1", actor: person.id, status: 422 }),
    );
  });

  test("beyond the limit sends the visitor to an address that answers 429 with Retry-After and a way back", async () => {
    const busy = await makePerson();
    const session = await signedIn(busy);
    await run(
      `INSERT INTO rate_limits (key, win, weight, cur, prev, ok, expires)
       SELECT 'default:' || $1::text, floor(extract(epoch FROM clock_timestamp()) / 60), 1, 300, 300, true, now() + interval '2 minutes'`,
      [busy.id],
    );
    const sent = await inPage({ cookie: session.cookie, ...path("/today") }, page.viewer);
    const digest = "digest" in sent ? sent.digest : "";
    expect(digest).toMatch(/\/api\/refused\/RATE_LIMIT_EXCEEDED\?seconds=\d+&returnTo=%2Ftoday/);
  });
});

test("a page whose reading failed because the database is away leads to a 503; other failures stay failures", async () => {
  const failed = (failure: unknown) => inPage(path("/setup?notice=x"), () => page.refusePage(failure));
  const away = await failed(Object.assign(new Error("connect"), { code: "ECONNREFUSED" }));
  expect("digest" in away ? away.digest : "").toMatch(/\/api\/refused\/UNAVAILABLE\?seconds=2&returnTo=%2Fsetup/);
  await expect(failed(new Error("a mistake of ours"))).rejects.toThrow("a mistake of ours");
});

describe("where a page sends a visitor it cannot serve", () => {
  const ask = (code: string, query = "") =>
    handleRefusal(new Request(`http://localhost:3000/api/refused/${code}${query}`), code);

  test.each([
    ["RATE_LIMIT_EXCEEDED", "?seconds=7&returnTo=%2Ftoday", 429, "7", "/today"],
    ["UNAVAILABLE", "", 503, "5", "/next"],
    ["UNAVAILABLE", "?seconds=1e9&returnTo=https://evil.example", 503, "3600", "/next"],
    ["UNAVAILABLE", "?seconds=-3&returnTo=//evil.example", 503, "1", "/next"],
    ["UNAVAILABLE", "?seconds=x", 503, "5", "/next"],
  ])("%s%s is %i, again after %s s, back to %s", async (code, query, status, seconds, back) => {
    const response = await ask(code, query);
    expect([response.status, response.headers.get("retry-after")]).toEqual([status, seconds]);
    expect(await response.text()).toContain(`href="${back}"`);
  });

  test("a method that no handler can see is not allowed, now or later", async () => {
    const { status, headers } = await ask("METHOD_NOT_ALLOWED");
    expect([status, headers.get("allow"), headers.get("retry-after")]).toEqual([405, "GET, HEAD, POST", null]);
  });

  test.each(["INTERNAL_ERROR", "FORBIDDEN", "toString", "<script>"])("%s is no such address", async (code) => {
    const response = await ask(encodeURIComponent(code));
    expect(response.status).toBe(404);
    expect(await response.text()).not.toContain("<script>");
  });
});

test("any other address below /api is a 404 that a program can read", async () => {
  const response = await handleUnknown(new Request("http://localhost:3000/api/nothing", { method: "POST" }));
  expect([response.status, response.headers.get("content-type"), response.headers.get("cache-control")]).toEqual([
    404,
    "application/problem+json",
    "no-store",
  ]);
});
