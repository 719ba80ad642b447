"use client";

import { clsx } from "clsx";
import type { Route } from "next";
import Link, { useLinkStatus } from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { CountBadge } from "./count-badge.tsx";
import { barItemClass } from "./nav-look.ts";

type NavItemProps = Readonly<{
  href: Route;
  icon: ReactNode;
  children: ReactNode;
  count?: number | undefined;
  /** What the count counts, for those who hear it. */
  countLabel?: string | undefined;
  /** Waits for the person: shown filled. */
  hot?: boolean;
  /** A word at the right end, where there is no count. */
  note?: string | undefined;
  /** The pages below this one have lines of their own. */
  exact?: boolean;
}>;

const isHere = (path: string, href: string) => path === href || path.startsWith(`${href}/`);

/** Tells the link around it that its page is on the way, so that a press is answered at once. */
function Pending() {
  return useLinkStatus().pending ? <span data-pending="" hidden /> : null;
}

/** One line of the sidebar. */
export function NavItem({ href, icon, children, count, countLabel, hot, note, exact }: NavItemProps) {
  const path = usePathname() ?? "";
  const current = exact ? path === href : isHere(path, href);
  return (
    <Link
      href={href}
      aria-current={current ? "page" : undefined}
      className={clsx(
        "flex h-8 items-center gap-2.5 rounded-sm px-2 pointer-coarse:h-11 transition-colors duration-(--fast) [&_svg]:size-4 [&_svg]:stroke-[1.75]",
        current
          ? "bg-press font-semibold text-foreground [&>svg]:text-primary"
          : "text-muted-foreground hover:bg-accent hover:text-foreground has-data-pending:bg-press has-data-pending:text-foreground",
      )}
    >
      <Pending />
      {icon}
      <span className="min-w-0 truncate">{children}</span>
      {note && <span className="ml-auto text-12 font-medium text-faint">{note}</span>}
      <CountBadge
        count={count}
        label={countLabel}
        hot={hot}
        className={clsx("ml-auto", current && !hot && "text-muted-foreground!")}
      />
    </Link>
  );
}

/** One place in the phone's bottom bar. */
export function BarItem({ href, icon, children }: Readonly<{ href: Route; icon: ReactNode; children: ReactNode }>) {
  const current = isHere(usePathname() ?? "", href);
  return (
    <Link href={href} aria-current={current ? "page" : undefined} className={barItemClass(current)}>
      <Pending />
      {icon}
      {children}
    </Link>
  );
}

/** The phone's bottom bar: five places, above the safe area. */
export function BottomBar({ label, children }: Readonly<{ label: string; children: ReactNode }>) {
  return (
    <nav
      aria-label={label}
      className="fixed inset-x-0 bottom-0 z-20 grid h-[calc(60px+env(safe-area-inset-bottom))] grid-cols-5 border-t border-border bg-card pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {children}
    </nav>
  );
}
