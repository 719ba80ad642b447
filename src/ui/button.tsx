import { clsx } from "clsx";
import type { LinkProps } from "next/link";
import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { Spinner } from "./spinner.tsx";

export type ButtonLook = Readonly<{
  /** One primary per view; an outlined pair of equals where neither answer may be louder; danger for loss only. */
  variant?: "primary" | "secondary" | "ghost" | "danger" | undefined;
  size?: "small" | "medium" | undefined;
}>;

const variants = {
  primary: "border-transparent bg-primary text-primary-foreground shadow-sm hover:bg-accent-hover",
  secondary: "border-control bg-secondary shadow-sm hover:bg-accent",
  ghost: "border-transparent text-muted-foreground hover:bg-press hover:text-foreground",
  danger: "border-control bg-secondary text-destructive shadow-sm hover:bg-danger-tint",
};

const sizes = {
  small: "h-7 gap-1.5 rounded-sm px-2.5 text-13 touch:h-9",
  medium: "h-9 gap-2 rounded-md px-3.5 text-14 touch:h-11",
};

/** Classes of a button, for elements that are not a `<button>` but act like one. */
export function buttonClass({ variant = "secondary", size = "medium" }: ButtonLook = {}) {
  return clsx(
    "hit inline-flex select-none items-center justify-center whitespace-nowrap border font-strong",
    "transition-[background-color,border-color,color] duration-(--fast) ease-enter active:translate-y-[0.5px]",
    "disabled:opacity-50 disabled:shadow-none aria-disabled:opacity-50",
    variants[variant],
    sizes[size],
  );
}

type ButtonProps = Omit<ComponentProps<"button">, "size"> &
  ButtonLook &
  Readonly<{
    icon?: ReactNode;
    /** Work is under way: the label stays, a spinner takes the icon's place, and a second press does nothing. */
    busy?: boolean | undefined;
  }>;

/** A real button; a submit button only when asked to be one. */
export function Button({
  variant,
  size,
  icon,
  busy = false,
  className,
  children,
  type = "button",
  onClick,
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={busy ? "button" : type}
      aria-busy={busy || undefined}
      aria-disabled={busy || rest["aria-disabled"]}
      onClick={busy ? undefined : onClick}
      className={clsx(buttonClass({ variant, size }), busy && "cursor-progress", className)}
    >
      {busy ? <Spinner /> : icon}
      {children}
    </button>
  );
}

type ButtonLinkProps<T extends string> = LinkProps<T> &
  Omit<ComponentProps<"a">, "href"> &
  ButtonLook &
  Readonly<{ icon?: ReactNode }>;

/** A link that looks like a button: it goes somewhere, it does not do something. */
export function ButtonLink<T extends string>({
  variant,
  size,
  icon,
  className,
  children,
  ...rest
}: ButtonLinkProps<T>) {
  return (
    <Link {...(rest as LinkProps<T>)} className={clsx(buttonClass({ variant, size }), className)}>
      {icon}
      {children}
    </Link>
  );
}
