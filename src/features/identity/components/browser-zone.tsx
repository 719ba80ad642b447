"use client";
import { useEffect } from "react";

/** Chooses the browser's own time zone in the select of this id, unless somebody chose already. */
export function BrowserZone({ target, untouched }: Readonly<{ target: string; untouched: string }>) {
  useEffect(() => {
    const select = document.getElementById(target);
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    if (!(select instanceof HTMLSelectElement) || select.value !== untouched) return;
    if ([...select.options].some((option) => option.value === timeZone)) select.value = timeZone;
  }, [target, untouched]);
  return null;
}
