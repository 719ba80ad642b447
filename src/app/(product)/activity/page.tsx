import { ActivityList } from "#features/journal/components/activity-list.tsx";
import { activityPath } from "#features/journal/components/activity-path.ts";
import { LeftNotice } from "#features/journal/components/left-notice.tsx";
import { messages } from "#features/journal/messages.ts";
import { capabilities } from "#transports/capabilities.ts";
import { pageNotice, read, viewer } from "#transports/page.ts";
import { PageHeader } from "#ui/page-header.tsx";
import { Page } from "#ui/shell.tsx";

export const metadata = { title: messages.title };

export default async function ActivityPage({ searchParams }: PageProps<"/activity">) {
  const query = await searchParams;
  const filter = {
    who: typeof query.who === "string" ? query.who : "everyone",
    changesOnly: query.changes === "1",
    cursor: typeof query.cursor === "string" ? query.cursor : null,
  };
  const { who, changesOnly, cursor } = filter;
  const isAssistant = who !== "everyone" && who !== "me";
  const { actor } = await viewer();
  const [initial, { items: names }, preview, notice] = await Promise.all([
    read(capabilities.activity.timeline, { who, changesOnly, ...(cursor ? { cursor } : {}) }),
    read(capabilities.assistants.names, {}),
    isAssistant ? read(capabilities.assistants.undoPreview, { id: who, since: "today" }) : null,
    pageNotice(query.notice),
  ]);
  return (
    <Page>
      <PageHeader title={messages.title} detail={messages.detail} />
      <LeftNotice notice={notice} returnTo={activityPath(filter)} />
      <ActivityList initial={initial} filter={filter} names={names} preview={preview} me={actor.name} />
    </Page>
  );
}
