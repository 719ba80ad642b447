import type { ReactNode } from "react";

type PageHeaderProps = Readonly<{
  title: ReactNode;
  /** Quiet words beside the title, such as the day; hidden on phones. */
  detail?: ReactNode;
  /** Right end: a figure or one or two buttons. */
  children?: ReactNode;
}>;

/** The page's one `h1` with what belongs beside it. */
export function PageHeader({ title, detail, children }: PageHeaderProps) {
  return (
    <header className="mb-5 flex flex-wrap items-end gap-x-4 gap-y-2 max-md:mb-3.5 max-md:items-center">
      <h1 className="text-21 font-heavy tracking-page">{title}</h1>
      {detail && <p className="pb-0.5 text-faint max-md:hidden">{detail}</p>}
      {children && (
        <div className="num ml-auto flex items-center gap-2.5 text-13 text-muted-foreground">{children}</div>
      )}
    </header>
  );
}

/** Heading of a group of rows with how many there are. */
export function SectionHeading({
  id,
  title,
  count,
  children,
}: Readonly<{ id?: string; title: ReactNode; count?: number; children?: ReactNode }>) {
  return (
    <div className="flex min-h-7.5 items-baseline gap-2 pt-2 text-12">
      <h2 id={id} className="text-13 font-semibold">
        {title}
      </h2>
      {count !== undefined && <span className="num text-faint">{count}</span>}
      {children && <div className="ml-auto">{children}</div>}
    </div>
  );
}
