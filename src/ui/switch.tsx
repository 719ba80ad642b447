import { clsx } from "clsx";
import type { ComponentProps } from "react";

/** On or off: a real checkbox, so it posts and works without JavaScript. Give it a `<label>`. */
export function Switch({ className, ...rest }: Omit<ComponentProps<"input">, "type" | "role">) {
  return (
    <input
      {...rest}
      type="checkbox"
      // biome-ignore lint/a11y/useAriaPropsForRole: a checkbox says itself whether it is checked.
      role="switch"
      data-fill=""
      className={clsx(
        "hit m-0 h-6 w-10 flex-none cursor-pointer appearance-none rounded-full border-[1.5px] border-input bg-card transition-colors duration-(--fast)",
        "before:absolute before:top-[2.5px] before:left-[2.5px] before:size-4 before:rounded-full before:bg-input before:transition-transform before:duration-(--fast)",
        "checked:border-primary checked:bg-primary checked:before:translate-x-4 checked:before:bg-primary-foreground disabled:cursor-not-allowed disabled:opacity-50",
        className,
      )}
    />
  );
}
