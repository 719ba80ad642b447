import { LeftNotice } from "#features/journal/components/left-notice.tsx";
import { TaskList } from "#features/tasks/components/task-list.tsx";
import { messages } from "#features/tasks/messages.ts";
import { capabilities } from "#transports/capabilities.ts";
import { pageNotice, read } from "#transports/page.ts";
import { EmptyState } from "#ui/empty-state.tsx";
import { PageHeader } from "#ui/page-header.tsx";
import { Page } from "#ui/shell.tsx";

export const metadata = { title: messages.views.trash };

export default async function TrashPage({ searchParams }: PageProps<"/trash">) {
  const query = await searchParams;
  const cursor = typeof query.cursor === "string" ? query.cursor : undefined;
  const [initial, notice] = await Promise.all([
    read(capabilities.tasks.list, { view: "trash", ...(cursor ? { cursor } : {}) }),
    pageNotice(query.notice),
  ]);
  return (
    <Page>
      <PageHeader title={messages.views.trash} />
      <LeftNotice notice={notice} returnTo="/trash" />
      <TaskList view="trash" initial={initial} cursor={cursor}>
        <EmptyState title={messages.empty.trash}>{messages.empty.trashHint}</EmptyState>
      </TaskList>
    </Page>
  );
}
