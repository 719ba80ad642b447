"use client";

import { useQuery } from "@tanstack/react-query";
import { Inbox, Layers, Sun, Trash2, Waypoints } from "lucide-react";
import { useTRPC } from "#core/trpc.ts";
import { NavItem } from "#ui/nav.tsx";
import { messages } from "../messages.ts";
import type { TaskCounts } from "../schema.ts";

/** The task lists in the sidebar, with what is open in them. */
export function TaskNav({ initial }: Readonly<{ initial: TaskCounts }>) {
  const trpc = useTRPC();
  const { data: counts } = useQuery({ ...trpc.tasks.counts.queryOptions({}), initialData: initial });
  const { views } = messages;
  return (
    <>
      <NavItem href="/next" icon={<Waypoints aria-hidden="true" />}>
        {views.next}
      </NavItem>
      <NavItem
        href="/today"
        icon={<Sun aria-hidden="true" />}
        count={counts.today}
        countLabel={messages.counts.due(counts.today)}
      >
        {views.today}
      </NavItem>
      <NavItem
        href="/inbox"
        icon={<Inbox aria-hidden="true" />}
        count={counts.inbox}
        countLabel={messages.counts.open(counts.inbox)}
      >
        {views.inbox}
      </NavItem>
      <NavItem href="/all" icon={<Layers aria-hidden="true" />}>
        {views.all}
      </NavItem>
      <NavItem href="/trash" icon={<Trash2 aria-hidden="true" />}>
        {views.trash}
      </NavItem>
    </>
  );
}
