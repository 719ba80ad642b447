"use client";
import { useQuery } from "@tanstack/react-query";
import { Bell as BellIcon } from "lucide-react";
import { useTRPC } from "#core/trpc.ts";
import { NavItem } from "#ui/nav.tsx";
import { pageText } from "../messages.ts";

/** The way to the notifications, with how many are unread. */
export function Bell({ initial }: Readonly<{ initial: { unread: number } }>) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.notifications.unreadCount.queryOptions({}, { initialData: initial }));
  const unread = data?.unread ?? 0;
  return (
    <NavItem
      href="/notifications"
      icon={<BellIcon aria-hidden="true" />}
      count={unread}
      countLabel={pageText.unreadCount(unread)}
      hot
    >
      {pageText.title}
    </NavItem>
  );
}
