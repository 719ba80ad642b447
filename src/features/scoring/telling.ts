import type { Reader } from "#core/capability.ts";
import { tellLine } from "#features/tasks/telling.ts";
import { points } from "#ui/format.ts";
import { messages } from "./messages.ts";
import type { NextTask } from "./schema.ts";

/** The next task in words, for assistants: the task, why, and what comes after it. Pure. */
export function tellNext({ task, score, runnersUp, why }: NextTask, reader: Reader): string {
  if (!task || !score) return why ?? messages.nothingOpen;
  const words = messages.told;
  return [
    words.next(tellLine(task, reader)),
    words.score(points(score.total), score.max),
    ...score.lines.map(({ label, points: got, of, reason }) => `- ${label} ${points(got)} of ${of}: ${reason}`),
    ...(runnersUp.length > 0 ? [words.runnersUp] : []),
    ...runnersUp.map(({ task: other, score: { total } }) => `- ${points(total)} ${tellLine(other, reader)}`),
  ].join("\n");
}
