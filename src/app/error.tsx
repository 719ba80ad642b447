"use client";
import { Button } from "#ui/button.tsx";
import { EmptyState } from "#ui/empty-state.tsx";

/** What happened, what was kept, what to do; the reference comes second (look §8). */
export default function ErrorPage({
  error,
  reset,
}: Readonly<{ error: Error & { digest?: string }; reset: () => void }>) {
  return (
    <main className="mx-auto max-w-180 px-10 py-7 max-md:px-4">
      <EmptyState heading="h1" title="This page could not be shown" action={<Button onClick={reset}>Try again</Button>}>
        <p>Nothing was changed. Try again in a moment.</p>
        {error.digest && <p className="mt-1 text-13 text-faint">Reference {error.digest}</p>}
      </EmptyState>
    </main>
  );
}
