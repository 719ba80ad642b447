"use client";

import { useEffect, useRef } from "react";

const showAfterMs = 500;

/** Puts the tip under its control, or above when there is no room, and never past the window's edge. */
function place(tip: HTMLElement, target: HTMLElement) {
  const at = target.getBoundingClientRect();
  const { width, height } = tip.getBoundingClientRect();
  const below = at.bottom + 6;
  tip.style.top = `${below + height > innerHeight - 4 ? at.top - height - 6 : below}px`;
  tip.style.left = `${Math.max(4, Math.min(at.left + at.width / 2 - width / 2, innerWidth - width - 4))}px`;
}

/**
 * One tooltip for the whole page: any element with `data-tip` has one. It repeats what the element's accessible name says,
 * so it is hidden from screen readers; it can be hovered, and Escape closes it (WCAG 1.4.13).
 */
export function Tooltips() {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const tip = ref.current;
    if (!tip?.showPopover) return;
    let timer = 0;
    let shown: HTMLElement | null = null;
    const hide = () => {
      clearTimeout(timer);
      if (shown) tip.hidePopover();
      shown = null;
    };
    const show = (target: HTMLElement) => {
      const words = target.dataset.tip;
      if (!words || !target.isConnected) return;
      tip.textContent = words;
      shown = target;
      tip.showPopover();
      place(tip, target);
    };
    const find = (event: Event) =>
      event.target instanceof Element ? event.target.closest<HTMLElement>("[data-tip]") : null;
    const over = (event: PointerEvent) => {
      if (event.pointerType !== "mouse" || event.target === tip) return;
      const target = find(event);
      if (target === shown && target) return;
      const quick = shown !== null;
      hide();
      if (target) timer = window.setTimeout(show, quick ? 0 : showAfterMs, target);
    };
    const focus = (event: FocusEvent) => {
      const target = find(event);
      hide();
      if (target?.matches(":focus-visible")) timer = window.setTimeout(show, showAfterMs, target);
    };
    const key = (event: KeyboardEvent) => event.key === "Escape" && hide();
    const stop = new AbortController();
    const options = { signal: stop.signal, passive: true };
    document.addEventListener("pointerover", over, options);
    document.addEventListener("focusin", focus, options);
    document.addEventListener("focusout", hide, options);
    document.addEventListener("pointerdown", hide, options);
    document.addEventListener("keydown", key, options);
    window.addEventListener("scroll", hide, { ...options, capture: true });
    return () => {
      hide();
      stop.abort();
    };
  }, []);
  return (
    <div
      ref={ref}
      popover="manual"
      aria-hidden="true"
      className="fixed inset-auto m-0 max-w-64 animate-[appear_var(--fast)_var(--ease-out)] rounded-sm border border-border bg-popover px-2 py-1 text-12 font-medium text-foreground shadow-lg"
    />
  );
}
