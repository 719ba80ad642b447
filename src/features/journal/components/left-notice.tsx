import { Button } from "#ui/button.tsx";
import { Notice } from "#ui/notice.tsx";
import { messages } from "../messages.ts";

type Left = Readonly<{
  tone: "info" | "success" | "warn" | "danger";
  text: string;
  errors?: Readonly<Record<string, string>>;
  operationId?: string;
}>;

/** What a plain form said on its way here, with the undo that goes with it: the toast of pages without script. */
export function LeftNotice({ notice, returnTo }: Readonly<{ notice: Left | null; returnTo: string }>) {
  if (!notice) return null;
  const errors = Object.entries(notice.errors ?? {});
  return (
    <Notice
      tone={notice.tone}
      className="mb-4"
      action={
        notice.operationId && (
          <form method="post" action="/api/forms/operations.undo">
            <input type="hidden" name="id" value={notice.operationId} />
            <input type="hidden" name="returnTo" value={returnTo} />
            <Button type="submit" size="small">
              {messages.undo}
            </Button>
          </form>
        )
      }
    >
      {notice.text}
      {errors.length > 0 && (
        <ul>
          {errors.map(([field, message]) => (
            <li key={field}>{field ? `${field}: ${message}` : message}</li>
          ))}
        </ul>
      )}
    </Notice>
  );
}
