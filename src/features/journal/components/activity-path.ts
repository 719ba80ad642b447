import type { Route } from "next";

/** What the page shows: `who` is everyone, me, or an assistant's id. */
export type ActivityFilter = Readonly<{ who: string; changesOnly: boolean; cursor: string | null }>;

/** The address of a filter. */
export function activityPath({ who, changesOnly, cursor }: ActivityFilter): Route {
  const query = new URLSearchParams({
    ...(who === "everyone" ? {} : { who }),
    ...(changesOnly ? { changes: "1" } : {}),
    ...(cursor ? { cursor } : {}),
  }).toString();
  return (query ? `/activity?${query}` : "/activity") as Route;
}
