"use client";
import { useEffect } from "react";

/**
 * What script adds to the consent form: switches follow the preset, a flipped switch turns to the preset that says the same or to
 * "Choose myself", and a second press sends nothing. Nothing depends on it (consent.ts).
 */
export function ConsentScript({ form: id }: Readonly<{ form: string }>) {
  useEffect(() => {
    const form = document.getElementById(id);
    if (!(form instanceof HTMLFormElement)) return;
    const presets = [...form.querySelectorAll<HTMLInputElement>('input[name="preset"]')];
    const switches = [...form.querySelectorAll<HTMLInputElement>("input[data-switch]")];
    const own = presets.find(({ value }) => value === "own");

    const follow = () => {
      const chosen = presets.find(({ checked }) => checked);
      if (!chosen || chosen === own) return;
      const gives = (chosen.dataset.gives ?? "").split(" ");
      for (const each of switches) each.checked = gives.includes(each.name);
    };
    const changed = ({ target }: Event) => {
      if (!(target instanceof HTMLInputElement)) return;
      if (presets.includes(target)) return follow();
      if (!switches.includes(target)) return;
      const on = switches.filter(({ checked }) => checked).map(({ name }) => name);
      const same = presets.find(({ dataset }) => dataset.gives === on.join(" ") && on.length > 0) ?? own;
      if (same) same.checked = true;
    };
    const sent = (event: Event) => {
      if ("sent" in form.dataset) event.preventDefault();
      form.dataset.sent = "";
    };
    // Coming back to a page that the browser kept: it may be answered anew, and the server says if it cannot.
    const shown = () => {
      delete form.dataset.sent;
      follow();
    };

    // Before script was there, somebody may have chosen already.
    follow();
    form.dataset.live = "";
    form.addEventListener("change", changed);
    form.addEventListener("submit", sent);
    window.addEventListener("pageshow", shown);
    return () => {
      form.removeEventListener("change", changed);
      form.removeEventListener("submit", sent);
      window.removeEventListener("pageshow", shown);
    };
  }, [id]);
  return null;
}
