import { LeftNotice } from "#features/journal/components/left-notice.tsx";
import { NotificationList } from "#features/notifications/components/notification-list.tsx";
import { pageText } from "#features/notifications/messages.ts";
import { capabilities } from "#transports/capabilities.ts";
import { pageNotice, read, whereOf } from "#transports/page.ts";
import { PageHeader } from "#ui/page-header.tsx";
import { Page } from "#ui/shell.tsx";

export const metadata = { title: pageText.title };

export default async function NotificationsPage({ searchParams }: PageProps<"/notifications">) {
  const query = await searchParams;
  const unreadOnly = query.unread === "1";
  const cursor = typeof query.cursor === "string" ? query.cursor : null;
  const [initial, where, { items: names }, notice] = await Promise.all([
    read(capabilities.notifications.list, { unreadOnly, ...(cursor ? { cursor } : {}) }),
    whereOf(),
    read(capabilities.assistants.names, {}),
    pageNotice(query.notice),
  ]);
  return (
    <Page>
      <PageHeader title={pageText.title} />
      <LeftNotice notice={notice} returnTo="/notifications" />
      <NotificationList initial={initial} unreadOnly={unreadOnly} cursor={cursor} where={where} names={names} />
    </Page>
  );
}
