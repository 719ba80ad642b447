import { notFound } from "next/navigation";
import { InviteList } from "#features/identity/components/invite-list.tsx";
import { messages } from "#features/identity/messages.ts";
import { capabilities } from "#transports/capabilities.ts";
import { read, viewer, whereOf } from "#transports/page.ts";
import { PageHeader } from "#ui/page-header.tsx";
import { Page } from "#ui/shell.tsx";

const { invites } = messages;

// The title stays MindFlow's own: who is no admin must not learn from it that there is such a page.
export default async function UsersPage() {
  const { actor } = await viewer();
  if (actor.role !== "admin") notFound();
  const [initial, where] = await Promise.all([read(capabilities.invites.list, {}), whereOf()]);
  return (
    <Page>
      <title>{`${invites.title} · MindFlow`}</title>
      <PageHeader title={invites.title} />
      <p className="mb-5 text-muted-foreground">{invites.lead}</p>
      <InviteList initial={initial} where={where} />
    </Page>
  );
}
