import { ActivityList } from "#features/journal/components/activity-list.tsx";
import { LeftNotice } from "#features/journal/components/left-notice.tsx";
import { messages } from "#features/journal/messages.ts";
import { capabilities } from "#transports/capabilities.ts";
import { pageNotice, read, viewer, whereOf } from "#transports/page.ts";
import { PageHeader } from "#ui/page-header.tsx";
import { Page } from "#ui/shell.tsx";

export const metadata = { title: messages.title };

export default async function ActivityPage({ searchParams }: PageProps<"/activity">) {
  const query = await searchParams;
  const cursor = typeof query.cursor === "string" ? query.cursor : null;
  const { actor } = await viewer();
  const [initial, where, notice] = await Promise.all([
    read(capabilities.activity.list, cursor ? { cursor } : {}),
    whereOf(),
    pageNotice(query.notice),
  ]);
  return (
    <Page>
      <PageHeader title={messages.title} detail={messages.detail} />
      <LeftNotice notice={notice} returnTo="/activity" />
      <ActivityList initial={initial} cursor={cursor} me={actor.name} where={where} />
    </Page>
  );
}
