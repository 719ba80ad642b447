"use client";
import { messages } from "#features/tasks/messages.ts";
import { Button } from "#ui/button.tsx";
import { EmptyState } from "#ui/empty-state.tsx";
import { Page } from "#ui/shell.tsx";

/** A page that could not be made, inside the frame, so that the ways to the others stay. */
export default function ProductError({
  error,
  reset,
}: Readonly<{ error: Error & { digest?: string }; reset: () => void }>) {
  return (
    <Page>
      <EmptyState
        heading="h1"
        title={messages.failed.page}
        action={<Button onClick={reset}>{messages.acts.tryAgain}</Button>}
      >
        <p>{messages.failed.pageHint}</p>
        {error.digest && <p className="mt-1 text-13 text-faint">{messages.failed.reference(error.digest)}</p>}
      </EmptyState>
    </Page>
  );
}
