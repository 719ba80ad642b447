import { messages } from "#features/tasks/messages.ts";
import { ButtonLink } from "#ui/button.tsx";
import { EmptyState } from "#ui/empty-state.tsx";
import { Page } from "#ui/shell.tsx";

export const metadata = { title: messages.missing.title };

/** Not there, not yours, removed: one answer for all three. */
export default function ProductNotFound() {
  return (
    <Page>
      <EmptyState
        heading="h1"
        title={messages.missing.title}
        action={<ButtonLink href="/all">{messages.missing.action}</ButtonLink>}
      >
        {messages.missing.hint}
      </EmptyState>
    </Page>
  );
}
