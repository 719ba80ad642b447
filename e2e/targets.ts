import type { Page } from "@playwright/test";

/** Controls that a fingertip of 44 px could miss: smaller ones, counting the invisible area around them, and crowded ones. */
export const smallTargets = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const controls = "a, button, input:not([type=hidden]), select, textarea, summary, label";
    const small: string[] = [];
    // Behind an open dialog nothing can be touched.
    const within = document.querySelector("dialog[open]") ?? document;
    for (const element of within.querySelectorAll(controls)) {
      const { width, height, bottom } = element.getBoundingClientRect();
      // The skip link waits above the window; it comes down for the keyboard only.
      if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || width < 2 || bottom < 0)
        continue;
      // Labels are measured with their control; links inside a sentence may be as high as their line (WCAG 2.5.8).
      const isInText = getComputedStyle(element).display === "inline" && element.closest("p") !== null;
      if (element.matches("label") || isInText) continue;
      const name = `${element.tagName.toLowerCase()} “${element.getAttribute("aria-label") ?? element.textContent?.trim().slice(0, 40)}”`;
      const around = getComputedStyle(element, "::after");
      const isAround = around.content !== "none" && around.position === "absolute";
      const label = element.closest("label")?.getBoundingClientRect();
      const wide = Math.max(width, isAround ? Number.parseFloat(around.width) : 0, label?.width ?? 0);
      const high = Math.max(height, isAround ? Number.parseFloat(around.height) : 0, label?.height ?? 0);
      if (wide < 43.5 || high < 43.5) small.push(`${name} ${Math.round(wide)}×${Math.round(high)}`);
      element.scrollIntoView({ block: "center", behavior: "instant" });
      const box = element.getBoundingClientRect();
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      for (const [dx, dy] of [
        [-20, 0],
        [20, 0],
        [0, -20],
        [0, 20],
      ] as const) {
        const hit = document.elementFromPoint(x + dx, y + dy)?.closest(controls);
        if (hit && hit !== element && !hit.contains(element) && !element.contains(hit))
          small.push(
            `${name} has “${hit.getAttribute("aria-label") ?? hit.textContent?.trim().slice(0, 40)}” too near`,
          );
      }
    }
    scrollTo(0, 0);
    return small;
  });
