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

    const gives = (preset: HTMLInputElement, each: HTMLInputElement) =>
      (preset.dataset.gives ?? "").split(" ").includes(each.name);

    const follow = () => {
      const chosen = presets.find(({ checked }) => checked);
      if (!chosen || chosen === own) return;
      for (const each of switches) each.checked = gives(chosen, each);
    };
    const changed = ({ target }: Event) => {
      if (!(target instanceof HTMLInputElement)) return;
      if (presets.includes(target)) return follow();
      if (!switches.includes(target)) return;
      const same = presets.find((each) => each !== own && switches.every((one) => one.checked === gives(each, one)));
      const now = same ?? own;
      if (now) now.checked = true;
    };
    const sent = (event: SubmitEvent) => {
      if (!(event.submitter instanceof HTMLButtonElement) || event.submitter.name !== "decision") return;
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
