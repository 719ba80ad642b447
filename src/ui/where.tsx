"use client";

import { createContext, type ReactNode, use, useEffect, useState } from "react";
import type { Where } from "./format.ts";

const WhereContext = createContext<Where | null>(null);

/** @returns the person's locale, zone and the current minute, for every date and time on the page; needs a `WhereProvider` above it */
export function useWhere(): Where {
  const where = use(WhereContext);
  if (!where) throw new Error("useWhere needs <WhereProvider> above it.");
  return where;
}

const minuteMs = 60_000;

/** Starts with the server's clock, so that hydration finds the same words, and moves on with each minute. */
export function WhereProvider({ locale, zone, now, children }: Where & Readonly<{ children: ReactNode }>) {
  const [current, setCurrent] = useState(now);
  useEffect(() => {
    const tick = () => setCurrent(Date.now());
    const timer = setInterval(tick, minuteMs);
    document.addEventListener("visibilitychange", tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }, []);
  return <WhereContext value={{ locale, zone, now: Math.max(current, now) }}>{children}</WhereContext>;
}
