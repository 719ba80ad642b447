import type { Notice as Left } from "#core/flow.ts";
import { Notice } from "#ui/notice.tsx";

/** What the server said about the form that was just sent. */
export function FormNotice({ notice }: Readonly<{ notice: Left | null }>) {
  return notice && <Notice tone={notice.tone}>{notice.text}</Notice>;
}
