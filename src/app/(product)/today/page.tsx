import { dayIn } from "#core/clock.ts";
import { LeftNotice } from "#features/journal/components/left-notice.tsx";
import { Composer } from "#features/tasks/components/composer.tsx";
import { TaskList } from "#features/tasks/components/task-list.tsx";
import { messages } from "#features/tasks/messages.ts";
import { capabilities } from "#transports/capabilities.ts";
import { pageNotice, read, whereOf } from "#transports/page.ts";
import { ButtonLink } from "#ui/button.tsx";
import { EmptyState } from "#ui/empty-state.tsx";
import { longDay } from "#ui/format.ts";
import { PageHeader } from "#ui/page-header.tsx";
import { Page } from "#ui/shell.tsx";

export const metadata = { title: messages.views.today };

export default async function TodayPage({ searchParams }: PageProps<"/today">) {
  const query = await searchParams;
  const cursor = typeof query.cursor === "string" ? query.cursor : undefined;
  const [initial, counts, where, notice] = await Promise.all([
    read(capabilities.tasks.list, { view: "today", ...(cursor ? { cursor } : {}) }),
    read(capabilities.tasks.counts, {}),
    whereOf(),
    pageNotice(query.notice),
  ]);
  const today = dayIn(where.zone, new Date(where.now));
  return (
    <Page>
      <PageHeader title={messages.views.today} detail={longDay(today, where)} />
      <LeftNotice notice={notice} returnTo="/today" />
      <Composer returnTo="/today" day={today} errors={notice?.errors} values={notice?.values} />
      <TaskList view="today" initial={initial} cursor={cursor}>
        <EmptyState
          title={messages.empty.today}
          action={
            <>
              <ButtonLink href="/next">{messages.empty.openNext}</ButtonLink>
              {counts.inbox > 0 && <ButtonLink href="/inbox">{messages.empty.openInbox}</ButtonLink>}
            </>
          }
        >
          {counts.inbox > 0 ? messages.empty.todayInbox(counts.inbox) : messages.empty.todayHint}
        </EmptyState>
      </TaskList>
    </Page>
  );
}
