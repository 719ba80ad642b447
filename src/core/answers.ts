import "server-only";
import { subscribe } from "node:diagnostics_channel";
import type { ServerResponse } from "node:http";

const shared = globalThis as unknown as { mindflowWholeAnswers?: true };

/**
 * Lets the head of every answer travel with its body; called once at start (instrumentation.ts). Next flushes the head right
 * before it writes the first piece of the body, which costs a system call and a packet more: a tenth of a small answer's CPU.
 * Node holds the head back until that first piece by itself, so nothing is ever delayed.
 */
export function keepAnswersWhole(): void {
  if (shared.mindflowWholeAnswers) return;
  shared.mindflowWholeAnswers = true;
  subscribe("http.server.request.start", (message) => {
    const { response } = message as { response: ServerResponse };
    response.flushHeaders = () => undefined;
  });
}
