import type { Metadata } from "next";
import { LeftNotice } from "#features/journal/components/left-notice.tsx";
import { TaskEditor } from "#features/tasks/components/task-editor.tsx";
import { capabilities } from "#transports/capabilities.ts";
import { pageNotice, read } from "#transports/page.ts";
import { Page } from "#ui/shell.tsx";

const taskOf = async (params: Promise<{ id: string }>) =>
  await read(capabilities.tasks.get, { id: (await params).id, includeDeleted: true });

export async function generateMetadata({ params }: PageProps<"/tasks/[id]">): Promise<Metadata> {
  return { title: (await taskOf(params)).title };
}

export default async function TaskPage({ params, searchParams }: PageProps<"/tasks/[id]">) {
  const [initial, notice] = await Promise.all([taskOf(params), pageNotice((await searchParams).notice)]);
  return (
    <Page width="narrow">
      <LeftNotice notice={notice} returnTo={`/tasks/${initial.id}`} />
      <TaskEditor key={initial.id} initial={initial} errors={notice?.errors} values={notice?.values} />
    </Page>
  );
}
