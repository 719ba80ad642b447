"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC, useTRPCClient } from "#core/trpc.ts";
import { Button } from "#ui/button.tsx";
import { EmptyState } from "#ui/empty-state.tsx";
import { Field } from "#ui/field.tsx";
import { relativeInstant, type Where } from "#ui/format.ts";
import { Input } from "#ui/input.tsx";
import { Notice } from "#ui/notice.tsx";
import { useToasts } from "#ui/toast.tsx";
import { messages } from "../messages.ts";
import type { Invite } from "../schema.ts";

const { invites: text, labels } = messages;

/** The link of a new invite, for as long as the page stays open. */
function NewLink({ link }: Readonly<{ link: string }>) {
  const [isCopied, setIsCopied] = useState(false);
  // Refused or missing (plain http on a name that is not loopback): the field beside it is there to copy from.
  const copy = () => {
    if ("clipboard" in navigator)
      navigator.clipboard.writeText(link).then(
        () => setIsCopied(true),
        () => setIsCopied(false),
      );
  };
  return (
    <Notice
      tone="success"
      className="mb-5"
      action={
        <Button size="small" onClick={copy}>
          {isCopied ? text.copied : text.copy}
        </Button>
      }
    >
      {text.created}
      <Input
        readOnly
        aria-label={text.copy}
        value={link}
        className="mt-2 font-mono text-13"
        onFocus={(event) => event.currentTarget.select()}
      />
    </Notice>
  );
}

function Row({ invite, where, onRevoke }: Readonly<{ invite: Invite; where: Where; onRevoke: (id: string) => void }>) {
  return (
    <li className="flex items-center gap-3 border-b border-border py-2.5 last:border-b-0">
      <div className="min-w-0 flex-1">
        <p className="wrap-anywhere">{invite.usedBy ?? invite.email ?? text.anyone}</p>
        <p className="num text-13 text-faint">
          {text.status[invite.status]}
          {invite.status === "open" && ` · ${text.until(relativeInstant(invite.expiresAt, where))}`}
        </p>
      </div>
      {invite.status === "open" && (
        <Button
          size="small"
          variant="danger"
          aria-label={`${text.revoke}: ${invite.email ?? text.anyone}`}
          onClick={() => onRevoke(invite.id)}
        >
          {text.revoke}
        </Button>
      )}
    </li>
  );
}

/** Makes and revokes invite links; a link is shown once, right after it was made. */
export function InviteList({ initial, where }: Readonly<{ initial: { items: Invite[] }; where: Where }>) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const toasts = useToasts();
  const { data } = useQuery(trpc.invites.list.queryOptions({}, { initialData: initial }));
  const onSettled = () => queryClient.invalidateQueries({ queryKey: trpc.invites.pathKey() });
  const onError = (error: { message: string }) => toasts.error(error.message);
  const create = useMutation({
    mutationFn: (email: string) => client.invites.create.mutate(email ? { email } : {}),
    onSettled,
    onError,
  });
  const revoke = useMutation({
    mutationFn: (id: string) => client.invites.revoke.mutate({ id }),
    onSuccess: () => toasts.show({ text: text.revoked }),
    onSettled,
    onError,
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    create.mutate(String(new FormData(form).get("email") ?? "").trim(), { onSuccess: () => form.reset() });
  };
  return (
    <>
      <form onSubmit={submit} className="mb-5 flex max-w-140 items-end gap-2 max-md:flex-col max-md:items-stretch">
        <Field id="email" label={text.emailLabel} optional className="flex-1">
          {(control) => (
            <Input {...control} name="email" type="email" autoComplete="off" placeholder={labels.emailExample} />
          )}
        </Field>
        <Button type="submit" variant="primary" busy={create.isPending}>
          {text.create}
        </Button>
      </form>
      {create.data?.link && <NewLink key={create.data.link} link={create.data.link} />}
      {data.items.length === 0 ? (
        <EmptyState title={text.none} />
      ) : (
        <ul aria-label={text.heading}>
          {data.items.map((invite) => (
            <Row key={invite.id} invite={invite} where={where} onRevoke={(id) => revoke.mutate(id)} />
          ))}
        </ul>
      )}
    </>
  );
}
