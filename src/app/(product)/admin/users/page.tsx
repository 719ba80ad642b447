import { notFound } from "next/navigation";
import { InviteList } from "#features/identity/components/invite-list.tsx";
import { messages } from "#features/identity/messages.ts";
import { capabilities } from "#transports/capabilities.ts";
import { read, viewer, visitor, whereOf } from "#transports/page.ts";
import { PageHeader } from "#ui/page-header.tsx";
import { Page } from "#ui/shell.tsx";

const { invites } = messages;

// Who is no admin must not learn from the title that there is such a page.
export async function generateMetadata() {
  const { actor } = await visitor();
  return actor?.role === "admin" ? { title: invites.title } : {};
}

export default async function UsersPage() {
  const { actor } = await viewer();
  if (actor.role !== "admin") notFound();
  const [initial, where] = await Promise.all([read(capabilities.invites.list, {}), whereOf()]);
  return (
    <Page>
      <PageHeader title={invites.title} />
      <p className="mb-5 text-muted-foreground">{invites.lead}</p>
      <InviteList initial={initial} where={where} />
    </Page>
  );
}
