"use client";
import { useEffect } from "react";

/** Chooses the browser's own time zone in the select of this id, unless somebody chose already. */
export function BrowserZone({ target, untouched }: Readonly<{ target: string; untouched: string }>) {
  useEffect(() => {
    const select = document.getElementById(target);
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    if (!(select instanceof HTMLSelectElement) || select.value !== untouched) return;
    // Browsers and servers may know one zone by two names (Kathmandu, Katmandu); the server accepts both.
    if (![...select.options].some((option) => option.value === timeZone))
      select.add(new Option(timeZone.replaceAll("_", " "), timeZone));
    select.value = timeZone;
  }, [target, untouched]);
  return null;
}
