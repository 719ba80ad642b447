import { describe, expect, test } from "vitest";
import { captureLog } from "#testing/captured-log.ts";
import { AppError, errorTable } from "./errors.ts";
import { handleRequest, readBody, requestIdOf } from "./request.ts";

const headersWith = (id: string) => new Headers({ "X-Request-Id": id });
const answer = (request: Request, handler: () => Promise<Response>) =>
  handleRequest(
    request,
    "rest",
    () => handler(),
    (error, event) =>
      Response.json(
        { code: error.code, detail: error.message, requestId: event.requestId },
        { status: errorTable[error.code].status },
      ),
  );
const post = (body: BodyInit, headers: Record<string, string> = {}) =>
  new Request("http://localhost:3000/x", { method: "POST", body, headers });

describe("request id (requirements S0-27)", () => {
  test.each(["abcdefgh", "A1._-A1._-", "a".repeat(64)])("%s is taken over", (id) => {
    expect(requestIdOf(headersWith(id))).toBe(id);
  });

  test.each(["short", "a".repeat(65), "has space 1", "semi;colon", "<script>1", "../../etc/passwd", "a,b,c,d,e"])(
    "“%s” is replaced by one of ours",
    (id) => {
      expect(requestIdOf(headersWith(id))).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    },
  );

  test("a line break cannot even be sent, and none given means a new one each time", () => {
    expect(() => headersWith("abcdefgh\nforged: line")).toThrow();
    expect(requestIdOf(new Headers())).not.toBe(requestIdOf(new Headers()));
  });

  test("is the same in header, body and log line", async () => {
    const { result, lines } = await captureLog(() =>
      answer(new Request("http://localhost:3000/x", { headers: { "X-Request-Id": "my-request-1" } }), async () => {
        throw new AppError("CONFLICT", "No.");
      }),
    );
    expect(result.headers.get("x-request-id")).toBe("my-request-1");
    expect(await result.json()).toMatchObject({ requestId: "my-request-1" });
    expect(lines).toEqual([expect.objectContaining({ requestId: "my-request-1", code: "CONFLICT", status: 409 })]);
  });
});

describe("every answer", () => {
  test("is never cached, sniffed, framed or rendered, unless the door says otherwise", async () => {
    const plain = await answer(new Request("http://localhost:3000/x"), async () => new Response("ok"));
    expect(Object.fromEntries(plain.headers)).toMatchObject({
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    });
    const own = await answer(
      new Request("http://localhost:3000/x"),
      async () => new Response("ok", { headers: { "Content-Security-Policy": "default-src 'self'" } }),
    );
    expect(own.headers.get("content-security-policy")).toBe("default-src 'self'");
  });

  test("keeps status, body and each Set-Cookie", async () => {
    const headers = new Headers([
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", "b=2"],
    ]);
    const kept = await answer(
      new Request("http://localhost:3000/x"),
      async () => new Response("made", { status: 201, headers }),
    );
    expect([kept.status, await kept.text(), kept.headers.getSetCookie()]).toEqual([201, "made", ["a=1", "b=2"]]);
  });

  test("to something unexpected names nothing of it, while the log has cause and stack (requirements S2-17, S0-29)", async () => {
    const { result, lines } = await captureLog(() =>
      answer(new Request("http://localhost:3000/x?token=canary-token"), async () => {
        throw new Error("canary-cause");
      }),
    );
    expect(await result.text()).not.toContain("canary");
    const [line] = lines;
    expect(line).toMatchObject({
      code: "INTERNAL_ERROR",
      path: "/x?token=REDACTED",
      err: { message: "canary-cause", stack: expect.stringContaining("request.test.ts") },
    });
  });
});

describe("a body", () => {
  test("of exactly the limit is read, one byte more is refused", async () => {
    expect(await readBody(post("x".repeat(1024)), 1024)).toHaveLength(1024);
    await expect(readBody(post("x".repeat(1025)), 1024)).rejects.toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
  });

  test("is measured in bytes", async () => {
    await expect(readBody(post("€".repeat(400)), 1024)).rejects.toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
  });

  test("declared too large is refused before it is read", async () => {
    let pulled = 0;
    const body = new ReadableStream({ pull: () => void pulled++ }, { highWaterMark: 0 });
    const init = { method: "POST", body, duplex: "half", headers: { "Content-Length": "2000" } };
    const request = new Request("http://localhost:3000/x", init as RequestInit);
    await expect(readBody(request, 1024)).rejects.toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
    expect(pulled).toBe(0);
  });

  test("that lies about its length is cut off at the limit, not held", async () => {
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        sent++;
        controller.enqueue(new Uint8Array(512));
      },
    });
    const init = { method: "POST", body, duplex: "half", headers: { "Content-Length": "10" } };
    await expect(readBody(new Request("http://localhost:3000/x", init as RequestInit), 1024)).rejects.toMatchObject({
      code: "PAYLOAD_TOO_LARGE",
    });
    expect(sent).toBeLessThan(10);
  });

  test("that was cut off ends its connection, so that its rest is not taken for another request", async () => {
    const send = async (body: BodyInit, headers: Record<string, string> = {}) => {
      const request = new Request("http://localhost:3000/x", { method: "POST", body, headers });
      return await answer(request, async () => new Response(await readBody(request, 1024)));
    };
    const cut = await send("x".repeat(2000));
    expect([cut.status, cut.headers.get("connection")]).toEqual([413, "close"]);
    const declared = await send("x".repeat(2000), { "Content-Length": "2000" });
    expect([declared.status, declared.headers.get("connection")]).toEqual([413, null]);
    expect((await send("short")).headers.get("connection")).toBeNull();
  });

  test("that breaks off is the client's mistake", async () => {
    const body = new ReadableStream({
      pull: (controller) => controller.error(Object.assign(new Error("aborted"), { code: "ECONNRESET" })),
    });
    const request = new Request("http://localhost:3000/x", { method: "POST", body, duplex: "half" } as RequestInit);
    await expect(readBody(request, 1024)).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
  });

  test("that is no UTF-8 is refused, whatever chunk it breaks in", async () => {
    for (const bytes of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0x61, 0xe2, 0x82]])
      await expect(readBody(post(new Uint8Array(bytes)), 1024)).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
  });

  test("that is missing is empty", async () => {
    expect(await readBody(new Request("http://localhost:3000/x", { method: "POST" }), 1024)).toBe("");
  });
});
