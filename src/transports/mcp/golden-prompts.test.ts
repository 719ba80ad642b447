import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { tokenScopes } from "#core/scopes.ts";
import { actorOf } from "#testing/factories.ts";
import { listTools } from "./tools.ts";

// What people say, and which tool it should lead to (requirements M-70). A model is judged by them; here, that they are complete.

const prompt = z.string().min(5).max(200);
const sets = z
  .record(
    z.string(),
    z.strictObject({
      direct: z.array(prompt).min(3),
      indirect: z.array(prompt).min(3),
      /** Says something else; `use` is the tool that it is for, null where it is for none of ours. */
      negative: z.array(z.strictObject({ prompt, use: z.string().nullable() })).min(3),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL("../../../docs/assistants/golden-prompts.json", import.meta.url), "utf8")));
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
});
