import { Button, ButtonLink } from "#ui/button.tsx";
import { Notice } from "#ui/notice.tsx";
import { messages } from "../messages.ts";
import { failureOf } from "./failure.ts";

/** Why the page could not be brought up to date. What was there stays, and it says that it may be old. */
export function RefreshNotice({ error, onRetry }: Readonly<{ error: unknown; onRetry?: () => void }>) {
  if (!error) return null;
  const { code, text, isLost } = failureOf(error);
  const action =
    code === "AUTH_REQUIRED" ? (
      <ButtonLink size="small" href="/sign-in">
        {messages.acts.signIn}
      </ButtonLink>
    ) : (
      onRetry && (
        <Button size="small" onClick={onRetry}>
          {messages.acts.tryAgain}
        </Button>
      )
    );
  return (
    <Notice tone="warn" className="mb-4" action={action}>
      {isLost ? messages.failed.load : text}
    </Notice>
  );
}
