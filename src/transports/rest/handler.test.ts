import { beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "#core/context.ts";
import { actorOf, makePerson } from "#testing/factories.ts";
import { rowsOf } from "#testing/rows.ts";
import { restRequest } from "#testing/wires.ts";
import { makeWorld, samples, type World } from "#testing/world.ts";
import { byBearer } from "./bearer.ts";
import { handleRest } from "./handler.ts";
import { match, routes } from "./routes.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});

type Init = { method?: string; body?: BodyInit | null; headers?: Record<string, string>; actor?: Actor | null };
const json = { "Content-Type": "application/json" };

/** What REST answers to this actor; the world's person where none is given. */
async function rest(path: string, { actor = world.actor, ...init }: Init = {}) {
  const response = await handleRest(new Request(`http://localhost:3000/api/v1${path}`, init), async () => actor);
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text ? (JSON.parse(text) as Record<string, unknown>) : null,
  };
}
const post = (path: string, body: unknown, init: Init = {}) =>
  rest(path, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body), headers: json, ...init });
const detail = (field: string) => ({ details: [expect.objectContaining({ field })] });

describe("addresses", () => {
  test.each([
    "",
    "/",
    "/nothing",
    "/tasks/x/y/z",
    "/constructor",
    "/__proto__",
    "/tasks/x/toString",
    "/%E0%A4%A",
    "/tasks%2Fcounts",
  ])("“%s” is a 404 in the form of every problem", async (path) => {
    const { status, headers, body } = await rest(path);
    expect(status).toBe(404);
    expect(headers.get("content-type")).toBe("application/problem+json");
    expect(body).toEqual({
      type: "about:blank",
      title: "Not found",
      status: 404,
      detail: "There is no such address.",
      code: "RESOURCE_NOT_FOUND",
      details: [],
      requestId: headers.get("x-request-id"),
    });
  });

  test("every method that a path does not have is 405 and says which it has", async () => {
    const byPath = Map.groupBy(routes, ({ http }) => http.path);
    for (const [path, known] of byPath) {
      const allowed = known.map(({ http }) => http.method);
      const address = path.replace(/\{\w+\}/g, world.task);
      for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
        if (known.some(({ http }) => http.method === method)) continue;
        const { status, headers, body } = await rest(address, { method });
        // A fixed path may hide a parameter's: then the methods of the fixed one are those that count.
        const fixed = match(method, address.slice(1).split("/"));
        expect([path, method, status]).toEqual([path, method, 405]);
        expect(headers.get("allow")?.split(", ").sort()).toEqual(("allowed" in fixed ? fixed.allowed : allowed).sort());
        expect(body).toMatchObject({ code: "METHOD_NOT_ALLOWED" });
      }
    }
  });

  test("a fixed path is never read as an id, whatever the method (requirements M-84)", async () => {
    expect((await rest("/tasks/next")).status).not.toBe(422);
    expect((await rest("/tasks/counts")).status).toBe(200);
    expect((await rest("/notifications/unread-count")).status).toBe(200);
    expect((await rest("/notifications/mark-all-read", { method: "PUT" })).body).toHaveProperty("marked");
    expect((await rest("/notifications/mark-all-read", { method: "DELETE" })).status).toBe(405);
  });

  test("HEAD answers as GET does", async () => {
    expect((await rest("/tasks", { method: "HEAD" })).status).toBe(200);
    expect((await rest("/nothing", { method: "HEAD" })).status).toBe(404);
    expect((await rest("/operations/x/undo", { method: "HEAD" })).status).toBe(405);
  });

  test("an id that is none is 422 and named, one that is nobody's 404", async () => {
    for (const id of ["x", "%00", "..%2f", "0"]) {
      const { status, body } = await rest(`/tasks/${id}`);
      expect([status, body]).toEqual([422, expect.objectContaining(detail("id"))]);
    }
    expect((await rest("/tasks/019aa000-0000-7000-8000-000000000000")).status).toBe(404);
  });
});

describe("bodies", () => {
  test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp", ""])(
    "as “%s” are 415",
    async (type) => {
      const { status, body } = await post("/tasks", '{"title":"x"}', { headers: { "Content-Type": type } });
      expect([status, body?.code]).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
    },
  );

  test("as application/json in any spelling are read", async () => {
    for (const type of ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON"])
      expect((await post("/tasks", { title: "x" }, { headers: { "Content-Type": type } })).status).toBe(201);
  });

  test.each(["{", "{'title':'x'}", "undefined", "[1]", "5", '"text"', "null", '{"title":"x"} x', "\u0000"])(
    "%j is 422 and says why",
    async (body) => {
      const answer = await post("/tasks", body);
      expect([answer.status, answer.body?.code]).toEqual([422, "VALIDATION_ERROR"]);
      expect(answer.body?.detail).toMatch(/^The body (is not valid JSON|must be a JSON object)\.$/);
    },
  );

  test("that are no UTF-8 are 422, too large ones 413", async () => {
    const broken = await rest("/tasks", { method: "POST", headers: json, body: new Uint8Array([0x7b, 0xff, 0x7d]) });
    expect([broken.status, broken.body?.detail]).toEqual([422, "The body is not valid UTF-8."]);
    const large = await post("/tasks", { title: "x".repeat(131_072) });
    expect([large.status, large.body?.code]).toEqual([413, "PAYLOAD_TOO_LARGE"]);
  });

  test("left out mean no fields: fine where none is needed, else each is named", async () => {
    const { status } = await rest("/notifications/mark-all-read", { method: "PUT" });
    expect(status).toBe(200);
    expect(await rest("/tasks", { method: "POST" })).toMatchObject({ status: 422, body: detail("title") });
    expect(await rest("/tasks", { method: "POST", body: "  ", headers: json })).toMatchObject({
      body: detail("title"),
    });
  });

  test.each(["__proto__", "constructor", "prototype"])("with the key %s are refused by name", async (key) => {
    const { status, body } = await post("/tasks", `{"title":"x","${key}":{"polluted":true}}`);
    expect([status, body]).toEqual([422, expect.objectContaining(detail(key))]);
    expect({}).not.toHaveProperty("polluted");
  });

  test("and queries may not say what the address says, nor each other's", async () => {
    const own = await post(`/tasks/${world.task}/complete`, { id: world.task });
    expect(own).toMatchObject({ status: 422, body: detail("id") });
    expect(await rest(`/tasks/${world.task}?id=${world.task}`)).toMatchObject({ status: 422, body: detail("id") });
    const twice = await post("/tasks?title=a", { title: "b" });
    expect(twice).toMatchObject({
      status: 422,
      body: { details: [{ field: "title", message: "Is given more than once." }] },
    });
  });
});

describe("queries", () => {
  test("given twice are refused by name", async () => {
    expect(await rest("/tasks?limit=1&limit=2")).toMatchObject({
      status: 422,
      body: { details: [{ field: "limit", message: "Is given more than once." }] },
    });
  });

  test.each(["__proto__=1", "constructor=1", "toString=1", "surprise=1", "__proto__[a]=1"])(
    "%s is a field that does not exist",
    async (query) => {
      const { status, body } = await rest(`/tasks?${query}`);
      expect([status, body?.details]).toEqual([422, [expect.objectContaining({ field: expect.any(String) })]]);
    },
  );

  test.each([
    ["limit=abc", "limit"],
    ["limit=1e2", "limit"],
    ["limit=", "limit"],
    ["limit=0x10", "limit"],
    ["limit=99999999999999999999", "limit"],
    ["includeDeleted=1", "includeDeleted"],
    ["includeDeleted=TRUE", "includeDeleted"],
    ["status=nothing", "status"],
    ["priority=high", "priority"],
    ["q=%00", "q"],
    ["cursor=x", "cursor"],
  ])("%s is refused by name", async (query, field) => {
    expect(await rest(`/tasks?${query}`)).toMatchObject({ status: 422, body: detail(field) });
  });

  test("numbers and yes or no are understood", async () => {
    expect((await rest("/tasks?limit=1&priority=4&includeDeleted=true&view=all")).status).toBe(200);
    expect((await rest("/notifications?unreadOnly=false&limit=2")).status).toBe(200);
  });

  test("lists of ids take repeated names where a program cannot send a body with DELETE", async () => {
    const ids = [1, 2].map((n) => `ids=019aa000-0000-7000-8000-00000000000${n}`).join("&");
    expect(await rest(`/notifications?${ids}`, { method: "DELETE" })).toMatchObject({
      status: 200,
      body: { requested: 2, deleted: 0 },
    });
  });
});

describe("who may", () => {
  test("nobody learns anything about the input, not even that it is wrong", async () => {
    const { status, headers, body } = await post("/tasks?limit=x", "{", { actor: null });
    expect([status, body?.code, headers.get("www-authenticate")]).toEqual([
      401,
      "AUTH_REQUIRED",
      'Bearer resource_metadata="http://localhost:3000/.well-known/oauth-protected-resource/mcp", scope="tasks:read tasks:write"',
    ]);
  });

  test.each([{ Authorization: "Bearer canary" }, { "X-API-Key": "mf_canary" }])(
    "an unknown credential is said to be so (requirements S3-47)",
    async (headers) => {
      const response = await handleRest(
        new Request("http://localhost:3000/api/v1/tasks", { headers: headers as Record<string, string> }),
        byBearer,
      );
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toMatch(
        /^Bearer resource_metadata="http:\/\/localhost:3000\/\.well-known\/oauth-protected-resource\/mcp", .*error="invalid_token", error_description="This /,
      );
      const text = await response.text();
      expect(text).toContain("INVALID_TOKEN");
      expect(text).not.toContain("canary");
    },
  );

  test("the browser's cookie is no credential here (design §3)", async () => {
    const headers = { Cookie: "__Host-mindflow.session=whatever" };
    const response = await handleRest(new Request("http://localhost:3000/api/v1/tasks", { headers }), byBearer);
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([401, "AUTH_REQUIRED"]);
  });

  test("a permission that is not held is 403 and named", async () => {
    const actor = actorOf(world.person, { scopes: ["profile:read"] });
    expect(await rest("/tasks", { actor })).toMatchObject({
      status: 403,
      body: { code: "FORBIDDEN", details: [{ field: "", message: "insufficient_scope: tasks:read" }] },
    });
  });
});

describe("answers", () => {
  test("to an addition are 201 with its address", async () => {
    const { status, headers, body } = await post("/tasks", { title: "Order two vitrines" });
    expect([status, headers.get("location")]).toEqual([201, `/api/v1/tasks/${body?.id}`]);
  });

  test("repeat under the same Idempotency-Key, conflict under other arguments", async () => {
    const headers = { ...json, "Idempotency-Key": "rest-1" };
    const first = await post("/tasks", { title: "Once" }, { headers });
    const again = await post("/tasks", { title: "Once" }, { headers });
    expect(again).toMatchObject({ status: 201, body: { ...first.body, replayed: true } });
    expect((await post("/tasks", { title: "Twice" }, { headers })).status).toBe(409);
    expect(await post("/tasks", { title: "x" }, { headers: { ...json, "Idempotency-Key": "a b" } })).toMatchObject({
      status: 422,
      body: detail("Idempotency-Key"),
    });
  });

  test("are JSON that nobody stores, sniffs or frames", async () => {
    const { headers } = await rest("/tasks");
    expect(Object.fromEntries(headers)).toMatchObject({
      "content-type": "application/json",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    });
  });

  test("when there is no next task are 404 with the reason, although the tool answers an empty result (design §12)", async () => {
    const actor = actorOf(await makePerson());
    expect(await rest("/tasks/next", { actor })).toMatchObject({ status: 404, body: { code: "RESOURCE_NOT_FOUND" } });
  });

  test("every refusal leaves the person's rows as they were", async () => {
    const before = await rowsOf(world.person.id);
    for (const { name, http } of routes.filter(({ capability }) => capability.kind === "mutation")) {
      const request = restRequest(name, { ...samples[name]?.(world), surprise: 1 });
      const { status } = await handleRest(request, async () => world.actor);
      expect([http.method, http.path, status]).toEqual([http.method, http.path, 422]);
    }
    expect(await rowsOf(world.person.id)).toEqual(before);
  });
});
