"use client";
import { useQuery } from "@tanstack/react-query";
import { Plug } from "lucide-react";
import type { Route } from "next";
import { useTRPC } from "#core/trpc.ts";
import { Avatar, assistantColour } from "#ui/avatar.tsx";
import { NavItem } from "#ui/nav.tsx";
import { messages } from "../messages.ts";
import type { AssistantName } from "../schema.ts";

const shown = 8;
/** They change rarely, and acts on them refresh everything. */
const pollMs = 15_000;

/** The connected assistants in the sidebar, each with its mark, and the way to all of them. */
export function AssistantNav({ initial }: Readonly<{ initial: { items: AssistantName[] } }>) {
  const trpc = useTRPC();
  const { data = initial } = useQuery(
    trpc.assistants.names.queryOptions({}, { initialData: initial, refetchInterval: pollMs }),
  );
  const live = data.items.filter(({ isEnded }) => !isEnded);
  return (
    <>
      {live.slice(0, shown).map(({ id, name, color, isPaused }) => (
        <NavItem
          key={id}
          href={`/assistants/${id}` as Route}
          icon={<Avatar kind="assistant" name={name} colour={assistantColour(color)} className="-mx-px" />}
          note={isPaused ? messages.paused : undefined}
        >
          {name}
        </NavItem>
      ))}
      <NavItem href="/assistants" exact={live.length > 0} icon={<Plug aria-hidden="true" />}>
        {live.length > 0 ? messages.nav : messages.title}
      </NavItem>
    </>
  );
}
