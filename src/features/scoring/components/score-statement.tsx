import { points } from "#ui/format.ts";
import { Statement, type StatementLine } from "#ui/statement.tsx";
import { pageText as words } from "../messages.ts";
import type { NextTask } from "../schema.ts";

type Score = NonNullable<NextTask["score"]>;

/** The score's lines as a ledger. Each bar starts where the one before ended, so the last one ends at the total. */
export function ScoreStatement({ title, score }: Readonly<{ title: string; score: Score }>) {
  // A pin adds points on top of the hundred that the track stands for.
  const scale = Math.max(score.max, score.total);
  const lines = score.lines.map((line, i): StatementLine => {
    const before = score.lines.slice(0, i).reduce((sum, { points: own }) => sum + own, 0);
    return {
      id: line.term,
      label: line.label,
      note: line.reason,
      value: points(line.points),
      most: words.of(line.of),
      bar: { before: before / scale, own: line.points / scale },
    };
  });
  return (
    <Statement
      caption={words.caption(title)}
      lines={lines}
      total={{ label: words.total, value: points(score.total), most: words.of(score.max) }}
    />
  );
}
