import { ButtonLink } from "#ui/button.tsx";
import { Wordmark } from "#ui/mark.tsx";
import { messages } from "../messages.ts";

/** What a visitor sees who is not signed in: what this is, and the way in. */
export function Landing() {
  return (
    <main className="mx-auto flex min-h-dvh max-w-180 flex-col px-10 py-7 max-md:px-4">
      <Wordmark />
      <div className="my-auto py-14">
        <h1 className="max-w-[18ch] text-34 font-heavy tracking-title text-balance max-md:text-28">{messages.landing.title}</h1>
        <p className="mt-4 max-w-[52ch] text-15 text-pretty text-muted-foreground">{messages.landing.text}</p>
        <p className="mt-7">
          <ButtonLink href="/sign-in" variant="primary">
            {messages.landing.signIn}
          </ButtonLink>
        </p>
      </div>
    </main>
  );
}
