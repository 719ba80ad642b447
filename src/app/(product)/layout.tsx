import {
  ChevronsUpDown,
  Inbox,
  Layers,
  LogOut,
  Menu,
  Plug,
  ScrollText,
  Settings,
  Sun,
  Trash2,
  Users,
  Waypoints,
} from "lucide-react";
import Link from "next/link";
import { AssistantNav } from "#features/connections/components/assistant-nav.tsx";
import { messages as assistants } from "#features/connections/messages.ts";
import { messages as identity } from "#features/identity/messages.ts";
import { messages as journal } from "#features/journal/messages.ts";
import { Bell } from "#features/notifications/components/bell.tsx";
import { messages as profile } from "#features/profile/messages.ts";
import { AddTask, TaskKeys } from "#features/tasks/components/add-task.tsx";
import { TaskNav } from "#features/tasks/components/task-nav.tsx";
import { messages as tasks } from "#features/tasks/messages.ts";
import { capabilities } from "#transports/capabilities.ts";
import { read, viewer, whereOf } from "#transports/page.ts";
import { ClientProvider } from "#transports/trpc/client-provider.tsx";
import { Avatar } from "#ui/avatar.tsx";
import { Flyout } from "#ui/flyout.tsx";
import { Wordmark } from "#ui/mark.tsx";
import { messages } from "#ui/messages.ts";
import { BarItem, BottomBar, NavItem } from "#ui/nav.tsx";
import { barItemClass, flyoutItem } from "#ui/nav-look.ts";
import { Shell, Sidebar } from "#ui/shell.tsx";
import { ToastProvider } from "#ui/toast.tsx";
import { Tooltips } from "#ui/tooltips.tsx";
import { WhereProvider } from "#ui/where.tsx";

/** Settings, for admins the people, and the way out: a form, because signing out changes something. */
const account = (isAdmin: boolean) => (
  <>
    {isAdmin && (
      <Link href="/admin/users" className={flyoutItem}>
        <Users aria-hidden="true" />
        {identity.invites.title}
      </Link>
    )}
    <Link href="/settings" className={flyoutItem}>
      <Settings aria-hidden="true" />
      {profile.title}
    </Link>
    <form action="/api/identity/sign-out" method="post">
      <button type="submit" className={flyoutItem}>
        <LogOut aria-hidden="true" />
        {profile.signOut}
      </button>
    </form>
  </>
);

/** Everything a signed-in person sees stands in this frame. Without script it is a page of links and forms. */
export default async function ProductLayout({ children }: Readonly<{ children: React.ReactNode }>) {
  const { actor } = await viewer();
  const isAdmin = actor.scopes.has("admin");
  const [where, counts, unread, names] = await Promise.all([
    whereOf(),
    read(capabilities.tasks.counts, {}),
    read(capabilities.notifications.unreadCount, {}),
    read(capabilities.assistants.names, {}),
  ]);
  const bell = <Bell initial={unread} />;
  const sidebar = (
    <Sidebar>
      <Wordmark className="px-2" />
      <AddTask place="sidebar" />
      <nav aria-label={messages.shell.main}>
        <TaskNav initial={counts} />
        <p className="mt-4 mb-1 px-2 text-12 font-strong text-faint">{assistants.title}</p>
        <AssistantNav initial={names} />
        <div className="mt-4">{bell}</div>
        <NavItem href="/activity" icon={<ScrollText aria-hidden="true" />}>
          {journal.title}
        </NavItem>
      </nav>
      <div className="mt-auto pt-4">
        <Flyout
          id="account"
          shape="corner"
          triggerClass="flex w-full items-center gap-2.5 rounded-md p-2 text-left font-strong hover:bg-accent"
          trigger={
            <>
              <Avatar kind="person" size="medium" name={actor.name} />
              <span className="min-w-0 truncate">{actor.name}</span>
              <ChevronsUpDown aria-hidden="true" className="size-4 text-faint" />
            </>
          }
        >
          <p className="truncate border-b border-border px-2.5 pt-1 pb-2 text-12 text-faint">{actor.email}</p>
          <div className="pt-1">{account(isAdmin)}</div>
        </Flyout>
      </div>
    </Sidebar>
  );
  const bar = (
    <BottomBar label={messages.shell.main}>
      <BarItem href="/next" icon={<Waypoints aria-hidden="true" />}>
        {tasks.views.next}
      </BarItem>
      <BarItem href="/today" icon={<Sun aria-hidden="true" />}>
        {tasks.views.today}
      </BarItem>
      <AddTask place="bar" />
      <BarItem href="/inbox" icon={<Inbox aria-hidden="true" />}>
        {tasks.views.inbox}
      </BarItem>
      <Flyout
        id="more"
        shape="bottom"
        triggerClass={barItemClass(false)}
        trigger={
          <>
            <Menu aria-hidden="true" />
            {messages.shell.more}
          </>
        }
      >
        <Link href="/all" className={flyoutItem}>
          <Layers aria-hidden="true" />
          {tasks.views.all}
        </Link>
        <Link href="/trash" className={flyoutItem}>
          <Trash2 aria-hidden="true" />
          {tasks.views.trash}
        </Link>
        <div className="my-1 border-y border-border py-1 [&>a]:h-11 [&>a]:px-2.5">
          {bell}
          <Link href="/assistants" className={flyoutItem}>
            <Plug aria-hidden="true" />
            {assistants.title}
          </Link>
          <Link href="/activity" className={flyoutItem}>
            <ScrollText aria-hidden="true" />
            {journal.title}
          </Link>
        </div>
        {account(isAdmin)}
      </Flyout>
    </BottomBar>
  );
  return (
    <ClientProvider>
      <WhereProvider {...where}>
        <ToastProvider>
          <TaskKeys>
            <Shell sidebar={sidebar} bar={bar}>
              {children}
            </Shell>
          </TaskKeys>
          <Tooltips />
        </ToastProvider>
      </WhereProvider>
    </ClientProvider>
  );
}
