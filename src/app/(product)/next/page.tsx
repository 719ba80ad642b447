import { LeftNotice } from "#features/journal/components/left-notice.tsx";
import { NextView } from "#features/scoring/components/next-view.tsx";
import { pageText } from "#features/scoring/messages.ts";
import { capabilities } from "#transports/capabilities.ts";
import { pageNotice, read } from "#transports/page.ts";

export const metadata = { title: pageText.title };

export default async function NextPage({ searchParams }: PageProps<"/next">) {
  const [initial, notice] = await Promise.all([
    read(capabilities.tasks.next, {}),
    pageNotice((await searchParams).notice),
  ]);
  return (
    <NextView initial={initial}>
      <LeftNotice notice={notice} returnTo="/next" />
    </NextView>
  );
}
