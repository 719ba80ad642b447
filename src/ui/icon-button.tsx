import { clsx } from "clsx";
import type { ComponentProps, ReactNode } from "react";

const sizes = { small: "size-7", medium: "size-9" };

const iconButtonClass = (size: keyof typeof sizes = "small") =>
  clsx(
    "hit inline-grid flex-none place-items-center rounded-sm text-muted-foreground transition-colors duration-(--fast)",
    "hover:bg-press hover:text-foreground aria-expanded:bg-press aria-expanded:text-foreground disabled:opacity-50 [&_svg]:size-4",
    sizes[size],
  );

type IconButtonProps = ComponentProps<"button"> &
  Readonly<{
    /** Accessible name, with the object in it where there are many of the kind: "Snooze: Call Ana". */
    label: string;
    /** Shown on hover and focus; the label when left out. `keys` are added to it. */
    tip?: string | undefined;
    keys?: string | undefined;
    size?: keyof typeof sizes;
    children: ReactNode;
  }>;

/** An icon that acts. Its name is in its label and in a tooltip (see `Tooltips`, which the layout renders once). */
export function IconButton({
  label,
  tip = label,
  keys,
  size,
  className,
  type = "button",
  children,
  ...rest
}: IconButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      aria-label={label}
      data-tip={keys ? `${tip}  ${keys}` : tip}
      className={clsx(iconButtonClass(size), className)}
    >
      {children}
    </button>
  );
}
