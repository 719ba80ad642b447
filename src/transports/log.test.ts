import { expect, test, vi } from "vitest";
import { mintActor } from "#core/context.ts";
import { errorTable } from "#core/errors.ts";
import { finishEvent } from "#core/log.ts";
import { formRequest, signedIn, trpcRequest } from "#testing/browser.ts";
import { captureLog } from "#testing/captured-log.ts";
import { actorOf, makePerson } from "#testing/factories.ts";
import { inNext } from "#testing/next-scope.ts";
import { run } from "#testing/rows.ts";
import { callerFor } from "#testing/wires.ts";
import { handleForm } from "./forms/handler.ts";
import { signInForm } from "./forms/identity.ts";
import { callTool } from "./mcp/tools.ts";
import { byBearer } from "./rest/bearer.ts";
import { handleRest } from "./rest/handler.ts";
import { handleTrpc } from "./trpc/handler.ts";

// The bundler gives server code this file of Next's under the name; Node would take the browser's.
vi.mock("next/navigation", () => import("next/dist/client/components/navigation.react-server.js"));

// The log keeps who, through what, when and how it ended. It never keeps what proves who somebody is, nor what they wrote.
// This sends a different canary through every place that could carry one, on every door, well and badly, and greps.

let planted = 0;
const canary = () => `canary-${++planted}-zq`;

test("no secret and nothing that people wrote reaches the log, on any door, in any outcome (requirements S4-05)", async () => {
  const person = await makePerson();
  const actor = actorOf(person);
  const { cookie } = await signedIn(person);
  const sealed = cookie.split("=")[1] ?? "";
  const json = { "Content-Type": "application/json" };
  const words = () => ({ title: canary(), description: canary(), tags: [canary()], reason: canary() });
  const secretHeaders = () => ({
    Authorization: `Bearer ${canary()}`,
    "X-API-Key": `mf_${canary()}`,
    "Idempotency-Key": canary(),
    Cookie: `${cookie}; other=${canary()}`,
    Referer: `http://localhost:3000/setup?token=${canary()}`,
    "User-Agent": canary(),
  });
  const secretQuery = () =>
    ["token", "code", "state", "api_key", "password", "PASSWORD", "%74oken", "secret[]", "q", "input"]
      .map((name) => `${name}=${canary()}`)
      .concat(`returnTo=${encodeURIComponent(`/sign-up?invite=${canary()}`)}`)
      .join("&");
  const rest = (path: string, init: RequestInit = {}, known = true) =>
    handleRest(
      new Request(`http://localhost:3000/api/v1${path}`, { ...init, headers: { ...json, ...secretHeaders() } }),
      known ? async () => actor : byBearer,
    );

  const everywhere = async () => {
    // Good and bad, known and unknown.
    await rest("/tasks", { method: "POST", body: JSON.stringify(words()) });
    await rest("/tasks", { method: "POST", body: JSON.stringify({ ...words(), [canary()]: canary() }) });
    await rest("/tasks", { method: "POST", body: `{"title": "${canary()}` });
    await rest(`/tasks?${secretQuery()}`);
    await rest(`/tasks?q=${canary()}`);
    await rest(`/tasks?${secretQuery()}`, {}, false);
    await rest("/profile", { method: "PATCH", body: JSON.stringify({ name: canary() }) });
    await handleTrpc(trpcRequest("tasks.create", "mutation", words(), secretHeaders()));
    await handleTrpc(trpcRequest("tasks.create", "mutation", { ...words(), priority: canary() }, secretHeaders()));
    await handleTrpc(trpcRequest("tasks.create", "query", words(), secretHeaders()));
    await handleTrpc(trpcRequest("tasks.list", "query", { q: canary() }, secretHeaders()));
    await handleTrpc(trpcRequest("tasks.list", "query", {}, { Cookie: `__Host-mindflow.session=${canary()}` }));
    await inNext(formRequest("/api/forms/tasks.create", { ...words(), tags: canary() }, secretHeaders()), (r) =>
      handleForm(r, "tasks.create"),
    );
    await inNext(formRequest("/api/forms/tasks.create", { title: "", description: canary() }, secretHeaders()), (r) =>
      handleForm(r, "tasks.create"),
    );
    await inNext(
      formRequest(
        "/api/identity/sign-in",
        { email: "nobody@example.com", password: canary(), returnTo: `/next?token=${canary()}` },
        secretHeaders(),
      ),
      signInForm,
    );
    for (const args of [
      words(),
      { ...words(), priority: 3, operationKey: canary() },
      { ...words(), operationKey: `${canary()} ` },
    ]) {
      const caller = callerFor(mintActor({ ...actor, via: "assistant" }), "mcp", { key: canary() });
      await callTool("create_task", args, caller);
      const { failure } = caller.event;
      finishEvent({ ...caller.event, status: failure ? errorTable[failure.code].status : 200 });
    }
  };

  const well = await captureLog(everywhere);
  // And when the database fails under them: its errors carry whole rows.
  await run("ALTER TABLE notifications ADD COLUMN fault int NOT NULL DEFAULT 0");
  await run("ALTER TABLE notifications ALTER COLUMN fault DROP DEFAULT");
  const badly = await captureLog(everywhere);

  for (const { lines, text } of [well, badly]) {
    expect(lines.length).toBeGreaterThan(15);
    expect(text.match(/canary-\d+-zq/g)).toBeNull();
    expect(text).not.toContain(sealed);
    expect(text).not.toContain(sealed.slice(0, 40));
  }
  expect(planted).toBeGreaterThan(200);
  expect(well.lines.filter(({ level }) => level === "error")).toEqual([]);
  const failures = badly.lines.filter(({ level }) => level === "error");
  expect(new Set(failures.map(({ door }) => door))).toEqual(new Set(["rest", "trpc", "form", "mcp"]));
  for (const line of failures)
    expect(line).toMatchObject({
      requestId: expect.any(String),
      err: { code: "23502", stack: expect.stringContaining("at ") },
    });
});
