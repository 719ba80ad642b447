import type { ReactNode } from "react";
import { Wordmark } from "#ui/mark.tsx";

/** The one column of every page outside the shell: mark, heading, one card, a line below. */
export function IdentityCard({
  title,
  lead,
  footer,
  children,
}: Readonly<{ title: string; lead: ReactNode; footer?: ReactNode; children?: ReactNode }>) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-100 flex-col justify-center px-4 py-10">
      <Wordmark className="mb-6" />
      <h1 className="text-21 font-heavy tracking-page">{title}</h1>
      <p className="mt-1.5 mb-5 text-pretty text-muted-foreground">{lead}</p>
      {children && <div className="rounded-xl border border-border bg-card p-6 shadow-md max-md:p-4">{children}</div>}
      {footer && <p className="mt-5 text-13 text-pretty text-faint">{footer}</p>}
    </main>
  );
}
