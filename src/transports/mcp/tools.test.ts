import { describe, expect, test } from "vitest";
import { type Scope, tokenScopes } from "#core/scopes.ts";
import { actorOf, makePerson, type Person } from "#testing/factories.ts";
import { auditOf, rowsOf, run } from "#testing/rows.ts";
import { callerFor } from "#testing/wires.ts";
import { allCapabilities } from "../capabilities.ts";
import { callTool, listTools, type ToolResult, toolCapability } from "./tools.ts";

type Schema = { type?: string; properties?: Record<string, Schema>; required?: string[]; description?: string };

async function someone(scopes: readonly Scope[] = tokenScopes) {
  const person = await makePerson();
  return { person, actor: actorOf(person, { via: "assistant", scopes }) };
}
const use = (person: Person, name: string, args: unknown, scopes: readonly Scope[] = tokenScopes) =>
  callTool(name, args, callerFor(actorOf(person, { via: "assistant", scopes }), "mcp"));
const textOf = ({ content }: { content: { text: string }[] }) => content.map(({ text }) => text).join("");
const codeOf = ({ _meta }: ToolResult) => (_meta?.["mindflow/error"] as { code: string } | undefined)?.code;
const tools = listTools(actorOf({ id: "x", email: "x", name: "x" }, { scopes: tokenScopes }));

describe("the list of tools (design §10)", () => {
  test("is what was reviewed last", async () => {
    const outline = tools.map(({ name, title, description, inputSchema, annotations }) => {
      const { properties = {}, required = [] } = inputSchema as Schema;
      const fields = Object.keys(properties).map((field) => (required.includes(field) ? field : `${field}?`));
      const { readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = annotations;
      const hints = Object.entries({ readOnlyHint, destructiveHint, idempotentHint, openWorldHint }).filter(
        ([, on]) => on,
      );
      return `${name} · ${title} · ${hints.map(([hint]) => hint.replace("Hint", "")).join(" ")}\n  ${description}\n  ${fields.join(" ")}`;
    });
    await expect(outline.join("\n\n")).toMatchFileSnapshot("./tools.outline.txt");
  });

  test.each(tools)("$name is described in full: title, flat typed input, output, true annotations", (tool) => {
    const { capability } = toolCapability(tool.name) ?? {};
    const isWrite = capability?.kind === "mutation";
    expect(tool.name).toMatch(/^[a-z][a-z_]{2,40}$/);
    expect(tool.title).toBe(tool.annotations.title);
    expect(tool.description.length).toBeGreaterThan(15);
    expect(tool.annotations).toMatchObject({ readOnlyHint: !isWrite, openWorldHint: false });
    const input = tool.inputSchema as Schema & { additionalProperties?: unknown };
    expect(input).toMatchObject({ type: "object", additionalProperties: false });
    expect(Object.hasOwn(input.properties ?? {}, "operationKey")).toBe(isWrite);
    for (const field of input.required ?? []) expect(input.properties).toHaveProperty(field);
    const output = tool.outputSchema as Schema;
    expect(output.type).toBe("object");
    expect(Object.hasOwn(output.properties ?? {}, "operationId")).toBe(isWrite);
  });

  test("calls destructive what can make things go away, and nothing else", () => {
    expect(tools.filter(({ annotations }) => annotations.destructiveHint).map(({ name }) => name)).toEqual([
      "delete_task",
    ]);
  });

  test("hides the tools whose permission is not held, and refuses them when called all the same", async () => {
    for (const scopes of [[], ["tasks:read"], ["tasks:read", "tasks:write"], ["notifications:read"]] as Scope[][]) {
      const { person, actor } = await someone(scopes);
      const shown = listTools(actor).map(({ name }) => name);
      for (const { name } of tools) {
        const needed = toolCapability(name)?.capability.scope as Scope;
        expect([name, shown.includes(name)]).toEqual([name, scopes.includes(needed)]);
        if (scopes.includes(needed)) continue;
        const refused = await use(person, name, {}, scopes);
        expect(refused.isError).toBe(true);
        expect([codeOf(refused), textOf(refused)]).toEqual(["FORBIDDEN", `This needs the permission ${needed}.`]);
      }
    }
  });

  test("offers no credential, no account, no profile: only what a token may hold", () => {
    for (const { name, capability } of allCapabilities)
      if (!(tokenScopes as readonly Scope[]).includes(capability.scope))
        expect([name, capability.tool]).toEqual([name, undefined]);
  });
});

describe("calling a tool", () => {
  test("answers in words and in the shape it declares", async () => {
    const { person } = await someone();
    const made = await use(person, "create_task", { title: "Order two vitrines", priority: 4 });
    const { id, operationId } = made.structuredContent ?? {};
    expect(textOf(made)).toBe(
      `Added: “Order two vitrines” (high) id ${id}\nundo takes it back: operationId ${operationId}`,
    );
    const declared = tools.find(({ name }) => name === "create_task")?.outputSchema as Schema;
    expect([...Object.keys(made.structuredContent ?? {}), "preview"].sort()).toEqual(
      Object.keys(declared.properties ?? {}).sort(),
    );
    expect(made.isError).toBeUndefined();
  });

  test("to add a task needs a priority, which a person may leave out (design §12)", async () => {
    const { person } = await someone();
    const refused = await use(person, "create_task", { title: "No priority" });
    expect(refused).toMatchObject({ isError: true });
    expect(textOf(refused)).toBe("Some fields need attention.\npriority: Is required.");
    expect((await rowsOf(person.id)).tasks.count).toBe(0);
  });

  test("twice with one operationKey is one change; with other arguments it is a conflict", async () => {
    const { person } = await someone();
    const args = { title: "Once", priority: 3, operationKey: "op-1" };
    const first = await use(person, "create_task", args);
    expect(await use(person, "create_task", args)).toMatchObject({
      structuredContent: { ...first.structuredContent, replayed: true },
    });
    expect(codeOf(await use(person, "create_task", { ...args, title: "Other" }))).toBe("CONFLICT");
    expect((await rowsOf(person.id)).tasks.count).toBe(1);
  });

  test.each([null, 5, true, {}, ["op-1"], "", "with space", "x".repeat(256), "é"])(
    "%j is no operationKey",
    async (operationKey) => {
      const { person } = await someone();
      const refused = await use(person, "create_task", { title: "x", priority: 3, operationKey });
      expect(textOf(refused)).toBe("Some fields need attention.\noperationKey: Use 1 to 255 visible ASCII characters.");
      expect((await rowsOf(person.id)).tasks.count).toBe(0);
    },
  );

  test("to read takes no operationKey", async () => {
    const { person } = await someone();
    expect(textOf(await use(person, "list_tasks", { operationKey: "op-1" }))).toContain(
      "operationKey: This field does not exist.",
    );
  });

  test.each([["text"], [5], [true], [[]], [["title"]]])("with %j for arguments is refused", async (args) => {
    const { person } = await someone();
    for (const name of ["list_tasks", "create_task"])
      expect(codeOf(await use(person, name, args))).toBe("VALIDATION_ERROR");
  });

  test("without arguments means none", async () => {
    const { person } = await someone();
    for (const args of [undefined, null, {}])
      expect(await use(person, "list_tasks", args)).not.toHaveProperty("isError");
  });

  test.each(["", "drop_table", "constructor", "__proto__", "tasks.create"])("“%s” is no tool", async (name) => {
    const { person } = await someone();
    await expect(use(person, name, {})).rejects.toMatchObject({ code: -32602, message: "There is no such tool." });
  });

  test("without a credential asks to sign in, whatever the arguments", async () => {
    for (const args of [{}, { operationKey: 5 }, "x"])
      expect(codeOf(await callTool("create_task", args, callerFor(null, "mcp")))).toBe("AUTH_REQUIRED");
  });

  test("that fails says something a person can act on, and the failure is noted for the log", async () => {
    const { person } = await someone();
    const caller = callerFor(actorOf(person, { via: "assistant", scopes: tokenScopes }), "mcp");
    const refused = await callTool("complete_task", { id: "019aa000-0000-7000-8000-000000000000" }, caller);
    expect(textOf(refused)).toBe("There is nothing here with that id.");
    expect(caller.event).toMatchObject({ code: "RESOURCE_NOT_FOUND", capability: "tasks.complete" });
    expect(await auditOf(person.id)).toEqual([expect.objectContaining({ via: "assistant", result: "denied" })]);
  });

  test("keeps the reason that was given beside the change", async () => {
    const { person } = await someone();
    for (const [name, args] of Object.entries({
      create_task: { title: "x", priority: 3 },
      create_tasks: { tasks: [{ title: "y", priority: 3 }] },
    }))
      await use(person, name, { ...args, reason: "  You asked for it.\u0301 " });
    expect(await run("SELECT reason FROM operations WHERE user_id = $1", [person.id])).toEqual([
      { reason: "You asked for it.\u0301".normalize("NFC") },
      { reason: "You asked for it.\u0301".normalize("NFC") },
    ]);
  });
});
