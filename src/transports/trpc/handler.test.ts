import { beforeAll, describe, expect, test } from "vitest";
import { ours, signedIn, trpcRequest } from "#testing/browser.ts";
import { captureLog } from "#testing/captured-log.ts";
import { makePerson, type Person } from "#testing/factories.ts";
import { rowsOf, run } from "#testing/rows.ts";
import { handleTrpc } from "./handler.ts";

let person: Person;
let cookie: string;
beforeAll(async () => {
  person = await makePerson();
  ({ cookie } = await signedIn(person));
});

type Data = {
  appCode: string;
  details: { field: string; message: string }[];
  requestId: string;
  retryAfterSeconds: number | null;
};
type Body = {
  result?: { data: Record<string, unknown> };
  error?: { message: string; data: Data & { stack?: string } };
};

async function ask(request: Request) {
  const response = await handleTrpc(request);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, ...(JSON.parse(text) as Body) };
}
const read = (path: string, input?: unknown, headers: Record<string, string> = {}) =>
  ask(trpcRequest(path, "query", input, { Cookie: cookie, ...headers }));
const write = (path: string, input: unknown, headers: Record<string, string> = {}) =>
  ask(trpcRequest(path, "mutation", input, { Cookie: cookie, ...headers }));
const raw = (path: string, init: RequestInit) =>
  ask(
    new Request(`http://localhost:3000/api/trpc/${path}`, {
      ...init,
      headers: { Cookie: cookie, ...ours, ...init.headers },
    }),
  );

describe("the browser's door", () => {
  test("reads with GET, writes with POST, for the person of the cookie", async () => {
    const own = await signedIn(await makePerson());
    const made = await write("tasks.create", { title: "Ask Ana" }, { Cookie: own.cookie });
    expect([made.status, made.result?.data]).toMatchObject([200, { title: "Ask Ana", replayed: false }]);
    const list = await read("tasks.list", { view: "all" }, { Cookie: own.cookie });
    expect(list.result?.data).toMatchObject({ items: [{ title: "Ask Ana" }] });
    expect(list.headers.get("cache-control")).toBe("no-store");
  });

  test("repeats under the browser's own key", async () => {
    const headers = { "Idempotency-Key": "k-1" };
    const first = await write("tasks.create", { title: "Once" }, headers);
    const again = await write("tasks.create", { title: "Once" }, headers);
    expect(again.result?.data).toEqual({ ...first.result?.data, replayed: true });
  });

  test("without a cookie is 401 and tells the client what the code of ours is", async () => {
    const { status, error } = await ask(trpcRequest("tasks.list", "query", {}));
    expect([status, error?.data.appCode]).toEqual([401, "AUTH_REQUIRED"]);
  });

  test.each<[string, Record<string, string>]>([
    ["another site", { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" }],
    ["a sandboxed frame", { Origin: "null", "Sec-Fetch-Site": "same-origin" }],
    ["a sister site", { Origin: "http://localhost:3000", "Sec-Fetch-Site": "same-site" }],
    ["another port", { Origin: "http://localhost:3001", "Sec-Fetch-Site": "same-site" }],
  ])("a change that comes from %s is refused, whoever is signed in", async (_, headers) => {
    const before = await rowsOf(person.id);
    const { status, error } = await write("tasks.create", { title: "Forged" }, headers);
    expect([status, error?.data.appCode]).toEqual([403, "FORBIDDEN"]);
    expect(await rowsOf(person.id)).toEqual(before);
  });

  test("a change that names no origin at all is refused", async () => {
    const request = new Request("http://localhost:3000/api/trpc/tasks.create", {
      method: "POST",
      headers: { Cookie: cookie, "Content-Type": "application/json" },
      body: '{"title":"x"}',
    });
    expect((await ask(request)).status).toBe(403);
  });

  test("a change asked for with GET is 405, so that no link or image can make one", async () => {
    const before = await rowsOf(person.id);
    const { status, error } = await read("tasks.create", { title: "By link" });
    expect([status, error?.data.appCode]).toEqual([405, "METHOD_NOT_ALLOWED"]);
    expect(await rowsOf(person.id)).toEqual(before);
  });

  test.each(["nothing", "tasks", "tasks.nothing", "constructor", "tasks.__proto__", "toString"])(
    "“%s” is 404",
    async (path) => {
      const { status, error } = await read(path);
      expect([status, error?.data.appCode, error?.message]).toEqual([
        404,
        "RESOURCE_NOT_FOUND",
        "There is no such operation.",
      ]);
    },
  );

  test("several calls in one are refused: each request counts once", async () => {
    const { status } = await read("tasks.list,tasks.counts", undefined);
    expect(status).toBe(404);
    const batch = await ask(
      new Request("http://localhost:3000/api/trpc/tasks.list,tasks.counts?batch=1&input=%7B%7D", {
        headers: { Cookie: cookie },
      }),
    );
    expect([batch.status, batch.error?.data.appCode]).toEqual([400, "VALIDATION_ERROR"]);
  });
});

describe("bad input", () => {
  test("names its fields as every door does", async () => {
    const { status, error } = await write("tasks.create", { title: "", priority: 9, surprise: 1 });
    expect(status).toBe(400);
    expect(error?.data).toMatchObject({ appCode: "VALIDATION_ERROR", retryAfterSeconds: null });
    expect(error?.data.details.map(({ field }) => field).sort()).toEqual(["priority", "surprise", "title"]);
  });

  test.each(["{", "undefined", "{'a':1}", "\u0000"])("%j as a body is no JSON", async (body) => {
    const { status, error } = await raw("tasks.create", {
      method: "POST",
      body,
      headers: { "Content-Type": "application/json" },
    });
    expect([status, error?.data.appCode, error?.message]).toEqual([
      400,
      "VALIDATION_ERROR",
      "The input is not valid JSON.",
    ]);
  });

  test("an input in the address that is no JSON says so", async () => {
    const { status, error } = await ask(
      new Request("http://localhost:3000/api/trpc/tasks.list?input={", { headers: { Cookie: cookie } }),
    );
    expect([status, error?.message]).toEqual([400, "The input is not valid JSON."]);
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "application/octet-stream"])(
    "%s is 415",
    async (type) => {
      const { status, error } = await raw("notifications.markAllRead", {
        method: "POST",
        body: "{}",
        headers: { "Content-Type": type },
      });
      expect([status, error?.data.appCode]).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
    },
  );

  test("a form is 415: its fields would be invisible to every check", async () => {
    const body = new FormData();
    body.set("surprise", "1");
    const { status } = await raw("notifications.markAllRead", { method: "POST", body });
    expect(status).toBe(415);
  });

  test("a body beyond the limit is 413", async () => {
    const { status, error } = await write("tasks.create", { title: "x".repeat(131_072) });
    expect([status, error?.data.appCode]).toEqual([413, "PAYLOAD_TOO_LARGE"]);
  });
});

describe("what goes wrong inside", () => {
  test("is masked for the client; the log has the cause, its stack and the request id (requirements S2-17)", async () => {
    await run("ALTER TABLE outbox RENAME TO outbox_canary");
    try {
      const { result, lines } = await captureLog(() =>
        write("tasks.create", { title: "x" }, { "X-Request-Id": "request-17" }),
      );
      expect([result.status, result.error?.data]).toMatchObject([
        500,
        { appCode: "INTERNAL_ERROR", requestId: "request-17" },
      ]);
      expect(result.text).not.toMatch(/outbox|relation|stack|at /);
      const line = lines.find(({ requestId }) => requestId === "request-17");
      expect(line).toMatchObject({
        level: "error",
        status: 500,
        door: "trpc",
        capability: "tasks.create",
        err: { code: "42P01", message: expect.stringContaining("outbox"), stack: expect.stringContaining("at ") },
      });
    } finally {
      await run("ALTER TABLE outbox_canary RENAME TO outbox");
    }
  });

  test("a used-up limit is 429 with the seconds to wait, in header and body", async () => {
    const other = await makePerson();
    const session = await signedIn(other);
    await run(
      `INSERT INTO rate_limits (key, win, weight, cur, prev, ok, expires)
       SELECT 'profile:' || $1::text, floor(extract(epoch FROM clock_timestamp()) / 3600), 1, 10, 10, true, now() + interval '2 hours'`,
      [other.id],
    );
    const { status, headers, error } = await ask(
      trpcRequest("profile.update", "mutation", { theme: "dark" }, { Cookie: session.cookie }),
    );
    expect([status, error?.data.appCode]).toEqual([429, "RATE_LIMIT_EXCEEDED"]);
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    expect(error?.data.retryAfterSeconds).toBe(Number(headers.get("retry-after")));
  });
});
