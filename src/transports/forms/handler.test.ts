import { beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "#core/context.ts";
import { type Notice, readNotice } from "#core/flow.ts";
import { formRequest, ours, signedIn } from "#testing/browser.ts";
import { actorOf, makePerson, type Person } from "#testing/factories.ts";
import { inNext } from "#testing/next-scope.ts";
import { rowsOf } from "#testing/rows.ts";
import { call } from "#testing/wires.ts";
import { findCapability } from "../capabilities.ts";
import { doneText } from "./done.ts";
import { handleForm } from "./handler.ts";

let person: Person;
let actor: Actor;
let cookie: string;
beforeAll(async () => {
  person = await makePerson();
  actor = actorOf(person);
  ({ cookie } = await signedIn(person));
});

const send = (name: string, request: Request) => inNext(request, (sent) => handleForm(sent, name));
const post = (name: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  send(name, formRequest(`/api/forms/${name}`, fields, { Cookie: cookie, ...headers }));

/** The message that the page at `Location` would show to this browser. */
async function noticeOf(response: Response): Promise<Notice | null> {
  const location = new URL(response.headers.get("location") ?? "", "http://localhost:3000");
  const jar = response.headers
    .getSetCookie()
    .map((line) => line.split(";", 1)[0])
    .join("; ");
  let notice: Notice | null = null;
  await inNext(new Request(location, { headers: { Cookie: jar } }), async () => {
    notice = await readNotice(location.searchParams.get("notice"));
    return new Response();
  });
  return notice;
}
const lastTask = async () =>
  ((await call(actor, "tasks.list", { limit: 1 })) as { items: Record<string, unknown>[] }).items[0];

describe("forms without JavaScript", () => {
  test("add a task with everything a page offers, and go back with a message and an undo", async () => {
    const response = await post("tasks.create", {
      title: "Order two vitrines",
      description: "",
      priority: "5",
      dueDate: "2026-11-24",
      dueTime: "17:00",
      dueZone: "",
      estimateMinutes: "30",
      tags: "museum, autumn ,",
      returnTo: "/today?sort=due",
    });
    expect(response.status).toBe(303);
    expect(response.headers.get("location")).toMatch(/^\/today\?sort=due&notice=[\w-]+$/);
    const task = await lastTask();
    expect(task).toMatchObject({
      title: "Order two vitrines",
      description: null,
      priority: 5,
      dueAt: "2026-11-24T11:15:00.000Z",
      estimateMinutes: 30,
      tags: ["museum", "autumn"],
    });
    const notice = await noticeOf(response);
    expect(notice).toMatchObject({
      tone: "success",
      text: "Added “Order two vitrines”.",
      operationId: expect.any(String),
    });
    const undone = await post("operations.undo", { id: String(notice?.operationId), returnTo: "/today" });
    const said = await noticeOf(undone);
    expect(said).toMatchObject({ tone: "success", text: "Undone." });
    expect(said).not.toHaveProperty("operationId");
    expect((await lastTask())?.id).not.toBe(task?.id);
  });

  test("complete, reopen, snooze, delete and restore", async () => {
    const { id } = await call(actor, "tasks.create", { title: "T" });
    for (const [name, expected] of [
      ["complete", { status: "completed" }],
      ["reopen", { status: "pending" }],
      ["snooze", { snoozedUntil: expect.any(String) }],
      ["delete", { deletedAt: expect.any(String) }],
      ["restore", { deletedAt: null }],
    ] as const) {
      const response = await post(`tasks.${name}`, { id: String(id), returnTo: "/inbox" });
      expect([name, response.status]).toEqual([name, 303]);
      expect(await call(actor, "tasks.get", { id, includeDeleted: true })).toMatchObject(expected);
    }
  });

  test("say what was wrong, by field, with what was entered, and write nothing", async () => {
    const before = await rowsOf(person.id);
    const response = await post("tasks.create", { title: " ", priority: "9", surprise: "x", returnTo: "/inbox" });
    expect([response.status, response.headers.get("location")]).toEqual([
      303,
      expect.stringMatching(/^\/inbox\?notice=/),
    ]);
    const notice = await noticeOf(response);
    expect(notice).toMatchObject({ tone: "danger", values: { title: " ", priority: "9" } });
    expect(Object.keys(notice?.errors ?? {}).sort()).toEqual(["priority", "surprise", "title"]);
    expect(await rowsOf(person.id)).toEqual(before);
  });

  test("send visitors to sign in, and back afterwards", async () => {
    const response = await post("tasks.create", { title: "x", returnTo: "/inbox" }, { Cookie: "" });
    expect([response.status, response.headers.get("location")]).toEqual([303, "/sign-in?returnTo=%2Finbox"]);
  });

  test.each([
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "/api/v1/tasks",
    "/%2F%2Fevil.example",
  ])("never lead to %s", async (returnTo) => {
    const { id } = await call(actor, "tasks.create", { title: "T" });
    const response = await post("tasks.complete", { id: String(id), returnTo });
    expect(response.headers.get("location")).toMatch(/^\/next\?notice=[\w-]+$/);
  });

  test.each<[string, Record<string, string>]>([
    ["another site", { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" }],
    ["a sister site", { "Sec-Fetch-Site": "same-site" }],
    ["nowhere", { Origin: "null" }],
  ])("that come from %s are refused", async (_, headers) => {
    const before = await rowsOf(person.id);
    expect((await post("tasks.create", { title: "Forged" }, headers)).status).toBe(403);
    expect(await rowsOf(person.id)).toEqual(before);
  });

  test.each(["tasks.list", "invites.create", "nothing", "constructor", "__proto__", "toString"])(
    "%s has no form",
    async (name) => {
      const response = await post(name, {});
      expect([response.status, response.headers.get("content-type")]).toEqual([404, "text/html; charset=utf-8"]);
    },
  );

  test("exist for capabilities that exist, and only to change things", () => {
    for (const name of Object.keys(doneText))
      expect([name, findCapability(name)?.capability.kind]).toEqual([name, "mutation"]);
    for (const words of Object.values(doneText)) expect(words("Title")).toMatch(/\.$/);
  });

  test("that are no forms are refused by a whole page that names the rule", async () => {
    const headers = { ...ours, Cookie: cookie };
    const json = new Request("http://localhost:3000/api/forms/tasks.create", {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json" },
      body: "{}",
    });
    expect((await send("tasks.create", json)).status).toBe(415);
    const twice = new Request("http://localhost:3000/api/forms/tasks.create", {
      method: "POST",
      headers,
      body: new URLSearchParams("title=a&title=b"),
    });
    const refused = await send("tasks.create", twice);
    expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining("title: ")]);
    const large = new Request("http://localhost:3000/api/forms/tasks.create", {
      method: "POST",
      headers,
      body: new URLSearchParams({ title: "x".repeat(20_000) }),
    });
    expect((await send("tasks.create", large)).status).toBe(413);
  });

  test("with files are refused by name; multipart without files works", async () => {
    const headers = { ...ours, Cookie: cookie };
    const body = new FormData();
    body.set("title", "By multipart");
    const request = () =>
      new Request("http://localhost:3000/api/forms/tasks.create", { method: "POST", headers, body });
    expect((await send("tasks.create", request())).status).toBe(303);
    expect(await lastTask()).toMatchObject({ title: "By multipart" });
    body.set("file", new File(["x"], "x.txt"));
    const refused = await send("tasks.create", request());
    expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining("file: ")]);
  });

  test("never repeat markup that was sent", async () => {
    const body = new URLSearchParams("<script>alert(1)</script>=a&<script>alert(1)</script>=b");
    const request = new Request("http://localhost:3000/api/forms/tasks.create", {
      method: "POST",
      headers: { ...ours, Cookie: cookie },
      body,
    });
    const text = await (await send("tasks.create", request)).text();
    expect(text).not.toContain("<script>");
    expect(text).toContain("&lt;script&gt;");
  });
});
