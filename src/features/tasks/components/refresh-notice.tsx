import { Button, ButtonLink } from "#ui/button.tsx";
import { Notice } from "#ui/notice.tsx";
import { messages } from "../messages.ts";
import { failureOf } from "./failure.ts";

type RefreshNoticeProps = Readonly<{
  /** A query of TanStack Query: what went wrong, and whether it waits for the network. */
  query: Readonly<{ error: unknown; fetchStatus: "fetching" | "paused" | "idle"; refetch: () => unknown }>;
}>;

/** Why the page could not be brought up to date. What was there stays, and it says that it may be old. */
export function RefreshNotice({ query }: RefreshNoticeProps) {
  const isOffline = query.fetchStatus === "paused";
  if (!query.error && !isOffline) return null;
  const { code, text, isLost } = failureOf(query.error);
  const isSignedOut = code === "AUTH_REQUIRED" && !isOffline;
  const action = isSignedOut ? (
    <ButtonLink size="small" href="/sign-in">
      {messages.acts.signIn}
    </ButtonLink>
  ) : (
    !isOffline && (
      <Button size="small" onClick={() => query.refetch()}>
        {messages.acts.tryAgain}
      </Button>
    )
  );
  return (
    <Notice tone="warn" className="mb-4" action={action}>
      {isOffline ? messages.failed.offline : isLost ? messages.failed.load : text}
    </Notice>
  );
}
