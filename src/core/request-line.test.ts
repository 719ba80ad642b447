import { channel } from "node:diagnostics_channel";
import { expect, test } from "vitest";
import { mendedUrl, mendRequestLines } from "./request-line.ts";

test.each(["/", "/next?x=%ff", "/tasks/%E2%82%AC", "/a%20b", "/api/trpc/tasks.list?input=%", "//x", "/%25ff", "/%00"])(
  "%j is left alone",
  (url) => {
    expect(mendedUrl("GET", url)).toBe(url);
  },
);

test.each([
  ["/tasks/%ff", "/tasks/%25ff"],
  ["/tasks/%", "/tasks/%25"],
  ["/api/v1/tasks/%E0%A4?x=%20", "/api/v1/tasks/%25E0%25A4?x=%20"],
  ["*", "/api/*"],
])("%j, which decodes to nothing, becomes %j", (url, mended) => {
  expect(mendedUrl("GET", url)).toBe(mended);
});

test("a method that no handler can see is answered as one that is not allowed", () => {
  mendRequestLines();
  mendRequestLines();
  const sent = { method: "TRACE", url: "/next" };
  channel("http.server.request.start").publish({ request: sent });
  expect(sent).toEqual({ method: "GET", url: "/api/refused/METHOD_NOT_ALLOWED" });
  const broken = { method: "POST", url: "/api/forms/%ff" };
  channel("http.server.request.start").publish({ request: broken });
  expect(broken).toEqual({ method: "POST", url: "/api/forms/%25ff" });
});
