import type { Metadata } from "next";
import { AssistantView } from "#features/connections/components/assistant-view.tsx";
import { isSpan } from "#features/connections/rules.ts";
import { LeftNotice } from "#features/journal/components/left-notice.tsx";
import { capabilities } from "#transports/capabilities.ts";
import { pageNotice, read } from "#transports/page.ts";

type Props = PageProps<"/assistants/[id]">;

async function assistantOf({ params, searchParams }: Props) {
  const [{ id }, { cursor }] = await Promise.all([params, searchParams]);
  return await read(capabilities.assistants.get, { id, ...(typeof cursor === "string" ? { cursor } : {}) });
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  return { title: (await assistantOf(props)).name };
}

export default async function AssistantPage(props: Props) {
  const [{ id }, query] = await Promise.all([props.params, props.searchParams]);
  const span = isSpan(query.span) ? query.span : "today";
  const [initial, preview, lastDay, notice] = await Promise.all([
    assistantOf(props),
    read(capabilities.assistants.undoPreview, { id, since: span }),
    read(capabilities.assistants.undoPreview, { id, since: "day" }),
    pageNotice(query.notice),
  ]);
  const cursor = typeof query.cursor === "string" ? query.cursor : null;
  return (
    <AssistantView key={id} initial={initial} cursor={cursor} span={span} preview={preview} lastDay={lastDay}>
      <LeftNotice notice={notice} returnTo={`/assistants/${id}`} />
    </AssistantView>
  );
}
