"use client";

import { clsx } from "clsx";
import { Check } from "lucide-react";
import { type ComponentProps, type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef } from "react";
import { Kbd } from "./kbd.tsx";

const itemSelector = "[role^=menuitem]:not([aria-disabled=true])";
const edge = 8;

/** Under the anchor's right edge; above it when there is no room; never past the window. */
function place(menu: HTMLElement, anchor: HTMLElement) {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const top = at.bottom + 4 + height > innerHeight - edge ? at.top - height - 4 : at.bottom + 4;
  menu.style.top = `${Math.max(edge, top)}px`;
  menu.style.left = `${Math.max(edge, Math.min(at.right - width, innerWidth - width - edge))}px`;
}

type MenuProps = Readonly<{
  /** The control that opened it; the menu is on screen while there is one. Focus goes back to it. */
  anchor: HTMLElement | null;
  /** What it stands under when that is not the control itself, such as the row a key was pressed in. */
  beside?: HTMLElement | null | undefined;
  onClose: () => void;
  label: string;
  children: ReactNode;
}>;

/**
 * A menu in the browser's top layer: arrows, Home, End and first letters move, Enter acts, Escape or a press elsewhere closes.
 * Native popover instead of a library's, because that costs more bytes than the rest of the page.
 */
export function Menu(props: MenuProps) {
  return props.anchor ? <OpenMenu {...props} anchor={props.anchor} /> : null;
}

function OpenMenu({ anchor, beside, onClose, label, children }: MenuProps & Readonly<{ anchor: HTMLElement }>) {
  const ref = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  useEffect(() => {
    close.current = onClose;
  });

  useLayoutEffect(() => {
    const menu = ref.current;
    if (!menu) return;
    menu.showPopover?.();
    const near = beside ?? anchor;
    place(menu, near);
    menu.querySelector<HTMLElement>(itemSelector)?.focus({ preventScroll: true });
    const stop = new AbortController();
    const outside = (event: Event) => {
      const target = event.target instanceof Node ? event.target : null;
      if (!menu.contains(target) && !anchor.contains(target)) close.current();
    };
    document.addEventListener("pointerdown", outside, { signal: stop.signal, capture: true });
    window.addEventListener("resize", () => close.current(), { signal: stop.signal });
    window.addEventListener("scroll", () => place(menu, near), { signal: stop.signal, capture: true, passive: true });
    return () => {
      stop.abort();
      // Only when focus was inside: an act may have sent it elsewhere on purpose.
      if (menu.contains(document.activeElement) || document.activeElement === document.body)
        anchor.focus({ preventScroll: true });
    };
  }, [anchor, beside]);

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const items = [...(ref.current?.querySelectorAll<HTMLElement>(itemSelector) ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const typed = event.key.length === 1 && !event.ctrlKey && !event.metaKey ? event.key.toLowerCase() : null;
    const next =
      event.key === "ArrowDown"
        ? items[(at + 1) % items.length]
        : event.key === "ArrowUp"
          ? items[(at - 1 + items.length) % items.length]
          : event.key === "Home"
            ? items[0]
            : event.key === "End"
              ? items.at(-1)
              : typed && typed !== " "
                ? [...items.slice(at + 1), ...items].find((item) =>
                    item.textContent?.trim().toLowerCase().startsWith(typed),
                  )
                : undefined;
    if (next) {
      event.preventDefault();
      next.focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      if (event.key === "Escape") event.preventDefault();
      close.current();
    }
    event.stopPropagation();
  };

  return (
    <div
      ref={ref}
      popover="manual"
      role="menu"
      tabIndex={-1}
      aria-label={label}
      onKeyDown={onKeyDown}
      className="fixed inset-auto m-0 max-h-[calc(100dvh-16px)] min-w-52 max-w-[calc(100vw-16px)] animate-[drop_var(--fast)_var(--ease-out)] overflow-y-auto rounded-lg border border-border bg-popover p-1 text-foreground shadow-lg"
    >
      {children}
    </div>
  );
}

type MenuItemProps = Omit<ComponentProps<"button">, "role" | "onSelect"> &
  Readonly<{
    icon?: ReactNode;
    /** Right end: a date, a count. */
    detail?: ReactNode;
    keys?: string | undefined;
    danger?: boolean;
    /** One of several, of which one is chosen. */
    checked?: boolean | undefined;
  }>;

/** One act of a menu. The caller closes the menu. */
export function MenuItem({ icon, detail, keys, danger = false, checked, className, children, ...rest }: MenuItemProps) {
  return (
    <button
      {...rest}
      type="button"
      {...(checked === undefined ? { role: "menuitem" } : { role: "menuitemradio", "aria-checked": checked })}
      tabIndex={-1}
      className={clsx(
        "flex h-8 w-full items-center gap-2.5 rounded-sm px-2 text-left text-14 font-book hover:bg-press focus-visible:bg-press touch:h-11 [&>svg]:size-4",
        "focus-visible:outline-2 focus-visible:-outline-offset-2 focus-visible:outline-ring",
        danger ? "text-destructive" : "[&>svg]:text-muted-foreground",
        checked && "font-semibold",
        className,
      )}
    >
      {icon}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {detail && <span className="num text-12 text-muted-foreground">{detail}</span>}
      {checked && <Check aria-hidden="true" />}
      {keys && <Kbd>{keys}</Kbd>}
    </button>
  );
}

/** A line between groups of acts. */
export const MenuLine = () => <hr className="mx-1 my-1 border-border" />;

/** Words above a group of acts. */
export const MenuLabel = ({ children }: Readonly<{ children: ReactNode }>) => (
  <div role="presentation" className="px-2 pt-1.5 pb-1 text-12 font-strong text-faint">
    {children}
  </div>
);
