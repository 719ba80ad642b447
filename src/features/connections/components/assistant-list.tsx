"use client";
import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import Link from "next/link";
import { useTRPC } from "#core/trpc.ts";
import { Avatar, assistantColour } from "#ui/avatar.tsx";
import { Chip } from "#ui/chip.tsx";
import { EmptyState } from "#ui/empty-state.tsx";
import { ago, midSentence, type Where } from "#ui/format.ts";
import { Notice } from "#ui/notice.tsx";
import { useWhere } from "#ui/where.tsx";
import { messages } from "../messages.ts";
import type { Assistant } from "../schema.ts";
import { originOf } from "./assistant-words.ts";
import { ConnectAddress } from "./connect-address.tsx";
import { TrustMark } from "./trust-mark.tsx";

const { list: words } = messages;

function Row({ assistant, where }: Readonly<{ assistant: Assistant; where: Where }>) {
  const { id, name, color, trust, lastUsedAt, endedAt, endedBy, pausedAt, today } = assistant;
  const when = endedAt
    ? words.endedOn(midSentence(ago(endedAt, where)))
    : lastUsedAt
      ? words.lastCall(midSentence(ago(lastUsedAt, where)))
      : words.never;
  const didToday = today.changed + today.read + today.refused > 0;
  const more = endedAt
    ? endedBy && messages.endedBy[endedBy]
    : didToday && words.day(words.today(today.changed, today.read, today.refused));
  return (
    <li className="relative -mx-2.5 flex items-start gap-3.5 rounded-md px-2.5 py-3 after:absolute after:inset-x-2.5 after:bottom-0 after:h-px after:bg-border last:after:hidden hover:bg-accent">
      <Avatar
        kind="assistant"
        size="medium"
        name={name}
        colour={assistantColour(color)}
        className={clsx("mt-0.5", endedAt && "grayscale")}
      />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Link
            href={`/assistants/${id}`}
            prefetch={false}
            className="min-w-0 text-15 font-strong tracking-row wrap-anywhere outline-none after:absolute after:inset-0 after:rounded-md focus-visible:after:outline-2 focus-visible:after:outline-ring"
          >
            {name}
          </Link>
          {pausedAt && !endedAt && <Chip tone="warn">{messages.paused}</Chip>}
        </p>
        <p className="flex flex-wrap gap-x-2 text-13 text-muted-foreground">
          <span className="wrap-anywhere">{originOf(assistant)}</span>
          <TrustMark trust={trust} />
        </p>
        <p className="num mt-0.5 text-13 text-faint">{[when, more].filter(Boolean).join(" · ")}</p>
      </div>
    </li>
  );
}

function Group({
  id,
  title,
  items,
  where,
}: Readonly<{ id: string; title: string; items: readonly Assistant[]; where: Where }>) {
  if (items.length === 0) return null;
  return (
    <section aria-labelledby={id} className="mb-8">
      <h2 id={id} className="mb-1 text-13 font-semibold">
        {title}
      </h2>
      <ul>
        {items.map((assistant) => (
          <Row key={assistant.id} assistant={assistant} where={where} />
        ))}
      </ul>
    </section>
  );
}

type AssistantListProps = Readonly<{ initial: { items: Assistant[] }; address: string }>;

/** Everything that is connected or was lately, and how to connect more; up to date by itself. */
export function AssistantList({ initial, address }: AssistantListProps) {
  const trpc = useTRPC();
  const where = useWhere();
  const { data = initial, isError } = useQuery(trpc.assistants.list.queryOptions({}, { initialData: initial }));
  const live = data.items.filter(({ endedAt }) => endedAt === null);
  const ended = data.items.filter(({ endedAt }) => endedAt !== null);
  return (
    <>
      {isError && (
        <Notice tone="warn" className="mb-4">
          {messages.stale}
        </Notice>
      )}
      {live.length === 0 && (
        <EmptyState heading="h2" title={messages.empty.title}>
          {messages.empty.text}
        </EmptyState>
      )}
      <Group id="live" title={words.live} items={live} where={where} />
      <section aria-labelledby="connect" className="mb-10">
        <h2 id="connect" className="mb-1.5 text-15 font-semibold tracking-row">
          {live.length === 0 ? messages.empty.first : messages.empty.another}
        </h2>
        <ConnectAddress address={address} />
      </section>
      <Group id="ended" title={words.ended} items={ended} where={where} />
    </>
  );
}
