import { clsx } from "clsx";
import type { ReactNode } from "react";
import { messages } from "./messages.ts";

export type StatementLine = Readonly<{
  id: string;
  label: ReactNode;
  /** One sentence on why the figure is what it is. */
  note?: ReactNode;
  value: string;
  /** The most the line can give, in words: "of 30". */
  most?: string | undefined;
  /** Share of the whole before and of this line, each 0–1; without it the line has no bar. */
  bar?: Readonly<{ before: number; own: number }> | undefined;
}>;

type StatementProps = Readonly<{
  caption: string;
  lines: readonly StatementLine[];
  total: Readonly<{ label: ReactNode; value: string; most?: string | undefined }>;
  /** A score has large figures and bars; a budget or an undo preview is a small ledger. */
  size?: "score" | "ledger";
}>;

const percent = (share: number) => `${Math.round(share * 1000) / 10}%`;

/** Where the line's bar starts is where the one before ended; what came before stands in a tint of it. */
function Waterfall({ before, own }: Readonly<{ before: number; own: number }>) {
  return (
    <div aria-hidden="true" className="relative mt-2.25 h-1.5 overflow-hidden rounded-[3px] bg-track">
      <span data-fill="" className="absolute inset-y-0 left-0 bg-primary/24" style={{ width: percent(before) }} />
      <span
        data-fill=""
        className={clsx("absolute inset-y-0 min-w-0.5 rounded-[2px]", own > 0 ? "bg-primary" : "bg-input")}
        style={{ left: percent(before), width: percent(own) }}
      />
    </div>
  );
}

const Figure = ({ value, most }: Readonly<{ value: ReactNode; most?: string | undefined }>) => (
  <>
    {value}
    {most && (
      <span className="ml-1 inline-block min-w-9 text-right text-12 font-normal tracking-normal text-faint">
        {" "}
        {most}
      </span>
    )}
  </>
);

/**
 * A ledger: label left, figure right, one rule above the total and a double rule under it. The caller's lines must add up
 * to the caller's total. It is a real table; its bars are hidden from screen readers, who hear the figures instead.
 */
export function Statement({ caption, lines, total, size = "score" }: StatementProps) {
  const isScore = size === "score";
  return (
    <table className="w-full border-collapse">
      <caption className="sr-only">{caption}</caption>
      <thead className="sr-only">
        <tr>
          <th scope="col">{messages.statement.reason}</th>
          <th scope="col">{messages.statement.points}</th>
        </tr>
      </thead>
      {lines.map((line) => {
        const isZero = line.bar?.own === 0;
        return (
          <tbody key={line.id} className={clsx(isScore && "border-border not-last-of-type:border-b")}>
            <tr>
              <th
                scope="row"
                className={clsx(
                  "text-left align-baseline",
                  isScore ? "pt-3.25" : "py-0.5 text-13 font-normal",
                  isScore && !isZero && "font-strong",
                  isZero && "font-medium text-faint",
                )}
              >
                {line.label}
              </th>
              <td
                className={clsx(
                  "num text-right align-baseline whitespace-nowrap",
                  isScore ? "pt-3.25 text-15 font-semibold" : "text-13",
                  isZero && "font-medium text-faint",
                )}
              >
                <Figure value={line.value} most={line.most} />
              </td>
            </tr>
            {(line.note || line.bar) && (
              <tr>
                <td colSpan={2} className={clsx("pt-px", line.bar && "pb-3.5")}>
                  {line.note && <p className="pr-11 text-13 text-pretty text-muted-foreground">{line.note}</p>}
                  {line.bar && <Waterfall {...line.bar} />}
                </td>
              </tr>
            )}
          </tbody>
        );
      })}
      <tfoot className="border-t-[1.5px] border-foreground">
        <tr>
          <th
            scope="row"
            className={clsx("text-left align-baseline", isScore ? "pt-3 font-[650]" : "pt-1.5 text-13 font-semibold")}
          >
            {total.label}
          </th>
          <td
            className={clsx(
              "num text-right align-baseline whitespace-nowrap",
              isScore ? "pt-3 text-[22px]/7 font-[680] tracking-card" : "pt-1.5 text-13 font-semibold",
            )}
          >
            <Figure value={<span className="double-rule">{total.value}</span>} most={total.most} />
          </td>
        </tr>
      </tfoot>
    </table>
  );
}
