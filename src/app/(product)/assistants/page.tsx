import { resource } from "#features/connections/bearer.ts";
import { AssistantList } from "#features/connections/components/assistant-list.tsx";
import { messages } from "#features/connections/messages.ts";
import { LeftNotice } from "#features/journal/components/left-notice.tsx";
import { capabilities } from "#transports/capabilities.ts";
import { pageNotice, read } from "#transports/page.ts";
import { PageHeader } from "#ui/page-header.tsx";
import { Page } from "#ui/shell.tsx";

export const metadata = { title: messages.title };

export default async function AssistantsPage({ searchParams }: PageProps<"/assistants">) {
  const [initial, notice] = await Promise.all([
    read(capabilities.assistants.list, {}),
    pageNotice((await searchParams).notice),
  ]);
  return (
    <Page>
      <PageHeader title={messages.title} />
      <LeftNotice notice={notice} returnTo="/assistants" />
      <AssistantList initial={initial} address={resource()} />
    </Page>
  );
}
