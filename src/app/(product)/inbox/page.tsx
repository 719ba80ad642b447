import { LeftNotice } from "#features/journal/components/left-notice.tsx";
import { Composer } from "#features/tasks/components/composer.tsx";
import { TaskList } from "#features/tasks/components/task-list.tsx";
import { messages } from "#features/tasks/messages.ts";
import { capabilities } from "#transports/capabilities.ts";
import { pageNotice, read } from "#transports/page.ts";
import { EmptyState } from "#ui/empty-state.tsx";
import { PageHeader } from "#ui/page-header.tsx";
import { Page } from "#ui/shell.tsx";

export const metadata = { title: messages.views.inbox };

export default async function InboxPage({ searchParams }: PageProps<"/inbox">) {
  const query = await searchParams;
  const cursor = typeof query.cursor === "string" ? query.cursor : undefined;
  const [initial, notice] = await Promise.all([
    read(capabilities.tasks.list, { view: "inbox", ...(cursor ? { cursor } : {}) }),
    pageNotice(query.notice),
  ]);
  return (
    <Page>
      <PageHeader title={messages.views.inbox} />
      <LeftNotice notice={notice} returnTo="/inbox" />
      <Composer returnTo="/inbox" errors={notice?.errors} values={notice?.values} />
      <TaskList view="inbox" initial={initial} cursor={cursor}>
        <EmptyState title={messages.empty.inbox}>{messages.empty.inboxHint}</EmptyState>
      </TaskList>
    </Page>
  );
}
