import { afterAll, beforeAll, expect, test } from "vitest";
import { accessTokenOf, makeGrant } from "#testing/assistants.ts";
import { signedIn } from "#testing/browser.ts";
import { type Cluster, startCluster } from "#testing/cluster.ts";
import { makePerson } from "#testing/factories.ts";

// What the person decides on one process must hold on the other at once (security OA-16): both are asked, before and after.

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());

/** Somebody with a connected assistant, the ways each of them reaches the two servers. */
async function connected() {
  const person = await makePerson();
  const grant = await makeGrant(person);
  const { cookie } = await signedIn(person);
  const token = await accessTokenOf(grant, { iss: cluster.url, aud: `${cluster.url}/mcp` });
  const status = async (base: string, method: "GET" | "POST") => {
    const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
    const body = method === "POST" ? { body: JSON.stringify({ title: "By an assistant" }) } : {};
    const response = await fetch(`${base}/api/v1/tasks`, { method, headers, ...body });
    await response.body?.cancel();
    return response.status;
  };
  return {
    onBoth: (method: "GET" | "POST" = "GET") => Promise.all(cluster.servers.map(({ url }) => status(url, method))),
    async decide(verb: string, input: Record<string, unknown> = {}) {
      const response = await fetch(`${cluster.servers[0].url}/api/trpc/assistants.${verb}`, {
        method: "POST",
        headers: { cookie, origin: cluster.url, "Content-Type": "application/json" },
        body: JSON.stringify({ id: grant.id, ...input }),
      });
      await response.body?.cancel();
      expect(response.status).toBe(200);
    },
  };
}

test.each(["disconnect", "disconnectAndUndo"])("after %s on one process the token is refused on both", async (verb) => {
  const { onBoth, decide } = await connected();
  expect([await onBoth(), await onBoth("POST")]).toEqual([
    [200, 200],
    [201, 201],
  ]);
  await decide(verb);
  expect([await onBoth(), await onBoth("POST")]).toEqual([
    [401, 401],
    [401, 401],
  ]);
});

test("narrowed or paused on one process, it is so on both, until it is taken back", async () => {
  const { onBoth, decide } = await connected();
  expect(await onBoth("POST")).toEqual([201, 201]);
  await decide("narrow", { "tasks:read": true });
  expect([await onBoth(), await onBoth("POST")]).toEqual([
    [200, 200],
    [403, 403],
  ]);
  await decide("pause");
  expect(await onBoth()).toEqual([403, 403]);
  await decide("resume");
  await decide("narrow", { "tasks:read": true, "tasks:write": true });
  expect(await onBoth("POST")).toEqual([201, 201]);
});
