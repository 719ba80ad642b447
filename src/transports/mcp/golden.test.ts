import { describe, expect, test } from "vitest";
import { tokenScopes } from "#core/scopes.ts";
import { actorOf } from "#testing/factories.ts";
import { goldenPrompts, scoreChoices } from "#testing/golden.ts";
import { listTools } from "./tools.ts";

const tools = listTools(actorOf({ id: "x", email: "x", name: "x" }, { scopes: tokenScopes })).map(({ name }) => name);
const meant = new Map(
  Object.entries(goldenPrompts).flatMap(([tool, { direct, indirect }]) =>
    [...direct, ...indirect].map((prompt) => [prompt, tool] as const),
  ),
);

describe("golden prompts (requirements M-70)", () => {
  test("there are three of each class for every tool, and none for what is no tool", () => {
    expect(Object.keys(goldenPrompts).sort()).toEqual([...tools].sort());
    for (const [tool, classes] of Object.entries(goldenPrompts))
      for (const [name, prompts] of Object.entries(classes))
        expect([tool, name, new Set(prompts).size >= 3]).toEqual([tool, name, true]);
  });

  test("no prompt is meant for a tool and not for it", () => {
    const confused = Object.entries(goldenPrompts).flatMap(([tool, { negative }]) =>
      negative.filter((prompt) => meant.get(prompt) === tool),
    );
    expect(confused).toEqual([]);
  });

  test("a model that always picks what is meant scores 1; one that always picks the same tool is found out", async () => {
    for (const { precision, recall } of await scoreChoices(goldenPrompts, async (prompt) => meant.get(prompt) ?? null))
      expect([precision, recall]).toEqual([1, 1]);
    const stubborn = await scoreChoices(goldenPrompts, async () => "delete_task");
    expect(stubborn.find(({ tool }) => tool === "delete_task")).toEqual({
      tool: "delete_task",
      precision: 6 / 9,
      recall: 1,
    });
    expect(stubborn.find(({ tool }) => tool === "search")).toEqual({ tool: "search", precision: 1, recall: 0 });
  });
});
