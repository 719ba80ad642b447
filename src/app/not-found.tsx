import { ButtonLink } from "#ui/button.tsx";
import { EmptyState } from "#ui/empty-state.tsx";
import { Wordmark } from "#ui/mark.tsx";

export const metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main className="mx-auto max-w-180 px-10 py-7 max-md:px-4">
      <Wordmark />
      <EmptyState heading="h1" title="There is nothing here" action={<ButtonLink href="/next">Go to Next</ButtonLink>}>
        The address may be wrong, or what it showed is gone.
      </EmptyState>
    </main>
  );
}
