import { describe, expect, test } from "vitest";
import { tokenScopes } from "#core/scopes.ts";
import { actorOf } from "#testing/factories.ts";
import { readGoldenPrompts, scoreChoices } from "#testing/golden.ts";
import { listTools } from "./tools.ts";

// What people say, and which tool it should lead to (requirements M-70). A model is judged by them; here, that they are complete.

const sets = readGoldenPrompts();
const tools = listTools(actorOf({ id: "x", email: "x", name: "x" }, { scopes: tokenScopes })).map(({ name }) => name);

describe("the golden prompts", () => {
  test("are there for every tool, and for no tool that is gone", () => {
    expect(Object.keys(sets).sort()).toEqual([...tools].sort());
  });

  test("say each thing once, so that one prompt never counts for two tools", () => {
    const said = Object.values(sets).flatMap(({ direct, indirect, negative }) => [
      ...direct,
      ...indirect,
      ...negative.map((other) => other.prompt),
    ]);
    expect(said.filter((text, at) => said.indexOf(text) !== at)).toEqual([]);
  });

  test.each(Object.entries(sets))("send what %s is not for to another tool, or to none", (name, { negative }) => {
    for (const { use } of negative) {
      expect(use).not.toBe(name);
      if (use !== null) expect(tools).toContain(use);
    }
    expect(negative.some(({ use }) => use === null) && negative.some(({ use }) => use !== null)).toBe(true);
  });

  test("tell a model that picks what is meant from one that picks the same tool whatever is said", async () => {
    const meant = new Map(
      Object.entries(sets).flatMap(([tool, { direct, indirect, negative }]): [string, string | null][] => [
        ...[...direct, ...indirect].map((prompt): [string, string] => [prompt, tool]),
        ...negative.map(({ prompt, use }): [string, string | null] => [prompt, use]),
      ]),
    );
    for (const { precision, recall } of await scoreChoices(sets, async (prompt) => meant.get(prompt) ?? null))
      expect([precision, recall]).toEqual([1, 1]);
    const stubborn = await scoreChoices(sets, async () => "search");
    expect(stubborn.find(({ tool }) => tool === "search")).toMatchObject({ recall: 1 });
    expect(stubborn.find(({ tool }) => tool === "search")?.precision).toBeLessThan(0.2);
    expect(stubborn.find(({ tool }) => tool === "undo")).toEqual({ tool: "undo", precision: 1, recall: 0 });
  });
});
