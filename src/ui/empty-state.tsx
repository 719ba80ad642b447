import type { ReactNode } from "react";

type EmptyStateProps = Readonly<{
  /** One plain line: what is so, or what this place is for. No picture. */
  title: ReactNode;
  children?: ReactNode;
  /** One action or one example that can be used as it stands. */
  action?: ReactNode;
  /** Level of the line in the page's outline, or a paragraph. */
  heading?: "h1" | "h2" | "p";
}>;

/** Says why nothing is here and what to do; empty space is left to stand. */
export function EmptyState({ title, children, action, heading: Heading = "p" }: EmptyStateProps) {
  return (
    <div className="max-w-[52ch] py-10 max-md:py-7">
      <Heading className="text-17 font-semibold tracking-card">{title}</Heading>
      {children && <div className="mt-1.5 text-pretty text-muted-foreground">{children}</div>}
      {action && <div className="mt-4 flex flex-wrap gap-2">{action}</div>}
    </div>
  );
}
