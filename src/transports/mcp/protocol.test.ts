import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as OlderClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as OlderTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, askModern, type Connected, connected, listenMcp, tool, toolModern } from "#testing/mcp.ts";
import { applySettings } from "#testing/settings.ts";
import { call } from "#testing/wires.ts";
import { makeWorld, samples, type World } from "#testing/world.ts";
import packageJson from "../../../package.json" with { type: "json" };
import { addFixtures, makeServer } from "./server.ts";
import { toolCapability } from "./tools.ts";

applySettings({ LIMIT_FACTOR: "1000" });

const all = ["tasks:read", "tasks:write", "tasks:delete", "notifications:read"];
let listening: Awaited<ReturnType<typeof listenMcp>>;
beforeAll(async () => {
  listening = await listenMcp();
});
afterAll(() => listening.close());

type Answer = {
  isError?: boolean;
  structuredContent?: Record<string, unknown>;
  content: { type: string; text: string }[];
};
/** An official client, connected. */
type Asking = {
  version: () => string | undefined;
  about: () => { name?: string; version?: string; instructions?: string | undefined; capabilities: unknown };
  list: () => Promise<{ name: string }[]>;
  call: (name: string, args: Record<string, unknown>) => Promise<Answer>;
  close: () => Promise<void>;
};

const info = { name: "probe", version: "1" };
const bearer = (token: string) => ({ requestInit: { headers: { Authorization: `Bearer ${token}` } } });

async function current(token: string, mode: "legacy" | "auto"): Promise<Asking> {
  const client = new Client(info, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(listening.url, bearer(token)));
  return {
    version: () => client.getNegotiatedProtocolVersion(),
    about: () => ({
      ...client.getServerVersion(),
      instructions: client.getInstructions(),
      capabilities: client.getServerCapabilities(),
    }),
    list: async () => (await client.listTools()).tools,
    call: async (name, args) => (await client.callTool({ name, arguments: args })) as Answer,
    close: () => client.close(),
  };
}

async function older(token: string): Promise<Asking> {
  const client = new OlderClient(info);
  const transport = new OlderTransport(listening.url, bearer(token));
  // The older package was written without exact optional properties.
  await client.connect(transport as Parameters<typeof client.connect>[0]);
  return {
    version: () => transport.protocolVersion,
    about: () => ({
      ...client.getServerVersion(),
      instructions: client.getInstructions(),
      capabilities: client.getServerCapabilities(),
    }),
    list: async () => (await client.listTools()).tools,
    call: async (name, args) => (await client.callTool({ name, arguments: args })) as Answer,
    close: () => client.close(),
  };
}

const clients: [string, string, (token: string) => Promise<Asking>][] = [
  ["the current client, newest protocol", "2026-07-28", (token) => current(token, "auto")],
  ["the current client, older protocol", "2025-11-25", (token) => current(token, "legacy")],
  ["the older client", "2025-11-25", older],
];

/** A world whose person has connected an assistant that may do everything. */
async function worldAndToken(): Promise<{ world: World; who: Connected }> {
  const world = await makeWorld();
  return { world, who: await connected({ person: world.person, scopes: all }) };
}

describe.each(clients)("%s", (_, version, connect) => {
  test("finds the server, its name and what it is for (requirements M-50)", async () => {
    const client = await connect((await connected()).token);
    expect(client.version()).toBe(version);
    const about = client.about();
    expect(about).toMatchObject({ name: "MindFlow", version: packageJson.version, capabilities: { tools: {} } });
    expect(about.instructions).toContain("Asia/Kathmandu");
    expect(about.instructions).toContain(
      "Deleting needs the permission tasks:delete; calling delete_task without it asks the person",
    );
    await client.close();
  });

  test("calls every tool and finds each answer as its schema declares (requirements +07)", async () => {
    const { world, who } = await worldAndToken();
    const client = await connect(who.token);
    // Having read the list, the client checks every answer against its output schema and throws when one does not fit.
    const tools = await client.list();
    expect(tools.length).toBeGreaterThanOrEqual(15);
    for (const { name } of tools) {
      const named = toolCapability(name);
      if (!named) throw new Error(name);
      const task = await call(world.actor, "tasks.create", { title: `For ${name}, about numbers from Ana` });
      let args = samples[named.name]?.({ ...world, task: String(task.id) }) ?? {};
      // The person's own operation is out of an assistant's reach; it takes back what it did itself.
      if (name === "undo") {
        const made = await client.call("create_task", { title: "To be undone", priority: 1 });
        args = { id: made.structuredContent?.operationId };
      }
      const isWrite = named.capability.kind === "mutation";
      const variants = isWrite
        ? [
            { ...args, preview: true },
            { ...args, operationKey: `k-${name}`, reason: "Trying." },
          ]
        : [args];
      for (const variant of variants) {
        const answer = await client.call(name, variant);
        expect([name, answer.isError, answer.content[0]?.type]).toEqual([name, undefined, "text"]);
        expect(answer.content[0]?.text.length).toBeGreaterThan(5);
        const { confirmation } = answer.structuredContent ?? {};
        if (confirmation) expect((await client.call(name, { ...variant, confirmation })).isError).toBeUndefined();
      }
    }
    await client.close();
  });

  test("is told in words what was wrong", async () => {
    const client = await connect((await connected()).token);
    const answer = await client.call("create_task", { title: "", priority: 9 });
    expect([answer.isError, answer.content[0]?.text]).toEqual([
      true,
      "Some fields need attention.\ntitle: Cannot be empty.\npriority: Must be 1 to 5.",
    ]);
    await client.close();
  });
});

describe("the protocol from 2026-07-28 on", () => {
  test("server/discover says which versions there are; lists say how long they hold, and for whom", async () => {
    const who = await connected();
    const { result } = await askModern(who, "server/discover");
    expect(result).toMatchObject({
      supportedVersions: ["2026-07-28"],
      capabilities: { tools: {} },
      resultType: "complete",
    });
    const lists = await askModern(who, "tools/list");
    for (const answer of [result, lists.result]) expect(answer).toMatchObject({ ttlMs: 60_000, cacheScope: "private" });
    expect((await askModern(who, "tools/list")).result).toEqual(lists.result);
  });

  test("an answer is one piece of JSON, also to who would take a stream", async () => {
    const who = await connected();
    const answer = await toolModern(who, "list_tasks");
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(answer.result).toMatchObject({ resultType: "complete", structuredContent: { items: [], nextCursor: null } });
  });

  test("to listen for changes of the list ends at once: there are none", async () => {
    const { status, text } = await askModern(await connected(), "subscriptions/listen", {
      notifications: { toolsListChanged: true },
    });
    expect(status).toBe(200);
    expect(text).toContain("subscriptions/acknowledged");
    expect(text).toContain('"resultType":"complete"');
  });
});

describe("the protocol up to 2025-11-25", () => {
  test.each(["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05", "2024-10-07"])(
    "initialize agrees on %s, and needs no session afterwards",
    async (version) => {
      const who = await connected();
      const hello = { protocolVersion: version, capabilities: {}, clientInfo: info };
      const { status, headers, result } = await ask(who, "initialize", hello);
      expect([status, result?.protocolVersion, headers.get("mcp-session-id")]).toEqual([200, version, null]);
    },
  );

  test("initialize with a version that nobody knows proposes the latest of that line", async () => {
    const hello = { protocolVersion: "1999-01-01", capabilities: {}, clientInfo: info };
    expect((await ask(await connected(), "initialize", hello)).result?.protocolVersion).toBe("2025-11-25");
  });

  test("tools carry where a client looks for the permission each needs", async () => {
    const { result } = await ask(await connected(), "tools/list");
    const schemes = [{ type: "oauth2", scopes: ["tasks:write"] }];
    expect(result?.tools).toContainEqual(
      expect.objectContaining({ name: "create_task", securitySchemes: schemes, _meta: { securitySchemes: schemes } }),
    );
  });
});

describe("fixtures of the conformance suite", () => {
  const served = { caller: {} as Parameters<typeof makeServer>[0]["caller"], refused: null, args: {} };

  test("stand beside the product's tools while they are used, and are gone afterwards", async () => {
    const who = await connected();
    addFixtures({
      tools: [{ name: "test_simple_text", inputSchema: { type: "object" } }],
      call: async () => ({ content: [{ type: "text", text: "This is a simple text response for testing." }] }),
      install: (server) => server.registerCapabilities({ logging: {} }),
    });
    try {
      const { result } = await askModern(who, "tools/list");
      for (const name of ["test_simple_text", "list_tasks"])
        expect(result?.tools).toContainEqual(expect.objectContaining({ name }));
      expect((await toolModern(who, "test_simple_text")).said).toBe("This is a simple text response for testing.");
      expect(makeServer(served).getCapabilities()).toHaveProperty("logging");
    } finally {
      addFixtures(null);
    }
    expect(makeServer(served).getCapabilities()).toEqual({ tools: {} });
    // In both protocols an error of the protocol, and no answer of a tool.
    for (const use of [tool, toolModern])
      expect((await use(who, "test_simple_text")).error).toEqual({ code: -32602, message: "There is no such tool." });
  });
});
