"use client";

import { useSyncExternalStore } from "react";

const never = () => () => undefined;

/** False on the server and until the page has come alive: what only works with script is not offered before. */
export const useHydrated = (): boolean =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
