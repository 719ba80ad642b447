import { readFileSync } from "node:fs";
import { z } from "zod";

const prompt = z.string().min(5).max(200);

/** For each tool: prompts that name what it does, prompts that only mean it, and prompts that are for another tool or for none. */
const schema = z.record(
  z.string(),
  z.strictObject({
    direct: z.array(prompt).min(3),
    indirect: z.array(prompt).min(3),
    /** Says something else; `use` is the tool that it is for, null where it is for none of ours. */
    negative: z.array(z.strictObject({ prompt, use: z.string().nullable() })).min(3),
  }),
);
export type GoldenPrompts = z.output<typeof schema>;

export const readGoldenPrompts = (): GoldenPrompts =>
  schema.parse(JSON.parse(readFileSync(new URL("../../docs/assistants/golden-prompts.json", import.meta.url), "utf8")));

/** Which tool a model would call for a prompt; null for none. */
export type Chooser = (prompt: string) => Promise<string | null>;
export type Score = { tool: string; precision: number; recall: number };

/**
 * How well a model picks each tool by its description (requirements M-70): of all the prompts it picked the tool for, how many
 * were meant; and of those that were meant, how many it picked it for.
 */
export async function scoreChoices(prompts: GoldenPrompts, choose: Chooser): Promise<Score[]> {
  const meant = Object.entries(prompts).flatMap(([tool, { direct, indirect, negative }]) => [
    ...[...direct, ...indirect].map((text) => ({ text, tool: tool as string | null })),
    ...negative.map(({ prompt: text, use }) => ({ text, tool: use })),
  ]);
  const chosen = await Promise.all(meant.map(async ({ text, tool }) => ({ tool, picked: await choose(text) })));
  return Object.keys(prompts).map((tool) => {
    const picked = chosen.filter((each) => each.picked === tool);
    const wanted = chosen.filter((each) => each.tool === tool);
    const right = picked.filter((each) => each.tool === tool).length;
    return { tool, precision: picked.length === 0 ? 1 : right / picked.length, recall: right / wanted.length };
  });
}
