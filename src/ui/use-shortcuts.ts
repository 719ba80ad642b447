"use client";

import { useEffect, useRef } from "react";
import { createKeybindingsHandler } from "tinykeys";

/** Answers false when the key was not for it, so that the browser keeps its own meaning. */
type ShortcutHandler = (event: KeyboardEvent) => unknown;
export type Shortcuts = Readonly<Record<string, ShortcutHandler>>;

const storageKey = "mindflow.single-keys";
const changedEvent = "mindflow:single-keys";

/** Are shortcuts of one key alone on? They can be turned off, for speech input and screen readers (WCAG 2.1.4). */
export function areSingleKeysOn(): boolean {
  try {
    return localStorage.getItem(storageKey) !== "off";
  } catch {
    return true;
  }
}

/** Turns shortcuts of one key on or off in this browser. */
export function setSingleKeys(on: boolean): void {
  try {
    localStorage.setItem(storageKey, on ? "on" : "off");
  } catch {
    // Storage may be denied; the choice then lasts as long as the page would have.
  }
  dispatchEvent(new Event(changedEvent));
}

/** For `useSyncExternalStore`. */
export function onSingleKeys(changed: () => void): () => void {
  addEventListener(changedEvent, changed);
  addEventListener("storage", changed);
  return () => {
    removeEventListener(changedEvent, changed);
    removeEventListener("storage", changed);
  };
}

const typing =
  "input:not([type=checkbox],[type=radio],[type=button],[type=submit]), textarea, select, [contenteditable]:not([contenteditable=false])";
/** Inside these, keys belong to what is open. */
const modal = "dialog[open], [role=menu]";

/** Is this key press text being written, or meant for an open dialog or menu? */
function isKeyTaken(event: KeyboardEvent): boolean {
  // 229 is what browsers report while an input method composes a character.
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return true;
  const target = event.composedPath()[0];
  if (target instanceof Element && (target.closest(typing) || target.closest(modal))) return true;
  return document.querySelector("dialog[open]:modal") !== null;
}

/**
 * Binds keys while the component is on the page, in tinykeys' notation: `"j"`, `"g n"`, `"$mod+KeyZ"`, `"Shift+?"`.
 * Never while someone writes, while an input method composes, or behind an open dialog or menu.
 */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  const keys = Object.keys(shortcuts).join("\n");
  useEffect(() => {
    let onKey: (event: KeyboardEvent) => void;
    const bound = keys.split("\n").map((key) => {
      const isSingle = !/\$mod|Control|Meta|Alt/.test(key);
      const handle = (event: KeyboardEvent) => {
        begin();
        if (isSingle && (event.ctrlKey || event.metaKey || event.altKey || !areSingleKeysOn())) return;
        if (latest.current[key]?.(event) !== false) event.preventDefault();
      };
      return [key, handle] as const;
    });
    // Begun anew after each hit: tinykeys would let `g i` wait for its `i` after `g t` has fired, and miss the next `g i`.
    const begin = () => {
      onKey = createKeybindingsHandler(Object.fromEntries(bound), { ignore: isKeyTaken });
    };
    begin();
    const listen = (event: KeyboardEvent) => onKey(event);
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, [keys]);
}
