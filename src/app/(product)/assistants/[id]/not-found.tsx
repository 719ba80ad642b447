import { messages } from "#features/connections/messages.ts";
import { ButtonLink } from "#ui/button.tsx";
import { EmptyState } from "#ui/empty-state.tsx";
import { Page } from "#ui/shell.tsx";

export const metadata = { title: messages.missing.title };

/** Not there and not yours: one answer for both. */
export default function AssistantNotFound() {
  return (
    <Page>
      <EmptyState
        heading="h1"
        title={messages.missing.title}
        action={<ButtonLink href="/assistants">{messages.missing.action}</ButtonLink>}
      >
        {messages.missing.hint}
      </EmptyState>
    </Page>
  );
}
