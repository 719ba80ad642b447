import { readFileSync } from "node:fs";
import path from "node:path";

/** For each tool: prompts that name what it does, prompts that only mean it, and prompts that are another tool's or nobody's. */
export type GoldenPrompts = Record<string, { direct: string[]; indirect: string[]; negative: string[] }>;

export const goldenPrompts = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, "../../evals/golden-prompts.json"), "utf8"),
) as GoldenPrompts;

/** Which tool a model would call for a prompt; null for none. */
export type Chooser = (prompt: string) => Promise<string | null>;
export type Score = { tool: string; precision: number; recall: number };

/**
 * How well a model picks each tool by its description (requirements M-70): of the prompts it picked the tool for, how many
 * were meant; and of those that were meant, how many it picked it for.
 */
export async function scoreChoices(prompts: GoldenPrompts, choose: Chooser): Promise<Score[]> {
  const scores: Score[] = [];
  for (const [tool, { direct, indirect, negative }] of Object.entries(prompts)) {
    const hits = async (list: string[]) => {
      const chosen = await Promise.all(list.map(choose));
      return chosen.filter((name) => name === tool).length;
    };
    const meant = await hits([...direct, ...indirect]);
    const wrong = await hits(negative);
    const precision = meant + wrong === 0 ? 1 : meant / (meant + wrong);
    scores.push({ tool, precision, recall: meant / (direct.length + indirect.length) });
  }
  return scores;
}
