import { clsx } from "clsx";
import type { ReactNode } from "react";
import { messages } from "./messages.ts";

/** The signed-in frame: sidebar from 768 px, bottom bar below. `main` is the page's own, so a skip link can reach it. */
export function Shell({
  sidebar,
  bar,
  children,
}: Readonly<{ sidebar: ReactNode; bar: ReactNode; children: ReactNode }>) {
  return (
    <>
      <a
        href="#content"
        className="fixed top-2 left-2 z-50 -translate-y-16 rounded-md border border-border bg-popover px-3 py-2 font-strong focus:translate-y-0 focus:shadow-lg"
      >
        {messages.skip}
      </a>
      <div className="grid min-h-dvh grid-cols-[240px_minmax(0,1fr)] max-md:block max-md:pb-[calc(64px+env(safe-area-inset-bottom))]">
        {sidebar}
        {children}
        {bar}
      </div>
    </>
  );
}

/** The left column. Its last child stands at the bottom. */
export function Sidebar({ children }: Readonly<{ children: ReactNode }>) {
  return (
    <aside className="sticky top-0 flex h-dvh flex-col overflow-y-auto border-r border-border bg-sidebar px-2.5 pt-3.5 pb-2.5 font-book max-md:hidden">
      {children}
    </aside>
  );
}

const widths = { narrow: "max-w-[640px]", list: "max-w-[720px]", wide: "max-w-[960px]" };

/** The page's content column: lists 720, forms and reading 640, tables and settings 960. */
export function Page({ width = "list", children }: Readonly<{ width?: keyof typeof widths; children: ReactNode }>) {
  return (
    <main
      id="content"
      tabIndex={-1}
      className="min-w-0 px-10 pt-7 pb-14 focus:outline-none max-md:px-4 max-md:pt-4 max-md:pb-6"
    >
      <div className={clsx("mx-auto", widths[width])}>{children}</div>
    </main>
  );
}

/** The right panel: 400 px from 1121 px, below the content on narrower screens. */
export function Panel({
  labelledBy,
  className,
  children,
}: Readonly<{ labelledBy: string; className?: string; children: ReactNode }>) {
  return (
    <aside
      aria-labelledby={labelledBy}
      className={clsx(
        "min-w-0 border-border bg-card px-7 pt-7 pb-8 max-wide:border-y max-wide:px-10 max-wide:py-6 wide:border-l max-md:px-4 max-md:py-5",
        className,
      )}
    >
      {children}
    </aside>
  );
}
