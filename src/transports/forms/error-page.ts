import "server-only";
import { randomBytes } from "node:crypto";
import { type AppError, errorTable } from "#core/errors.ts";
import { messages } from "./messages.ts";

const signs: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => signs[sign] ?? sign);

const style = `:root{color-scheme:light dark}body{font:14px/20px ui-sans-serif,system-ui,sans-serif;margin:15vh auto;max-width:52ch;padding:0 16px;
background:light-dark(#fbfaf8,#121518);color:light-dark(#1f2226,#eceef0)}h1{font-size:21px;line-height:28px}a{color:light-dark(#00688a,#79bbd8)}`;

/**
 * A whole answer to a form that could not be handled, for browsers without script and for programs: status, sentence, and
 * a way back. It needs nothing of the application, so it also works when little else does.
 * @param back a path on this site
 * @param options `moveOn`: send browsers back at once (the page there shows the message), programs see this answer;
 *   `heading`: what the page is called, where the code's own title says too little
 */
export function errorPage(
  error: AppError,
  requestId: string,
  back: string,
  options: Readonly<{ moveOn?: boolean; heading?: string }> = {},
): Response {
  const { status, title: usual } = errorTable[error.code];
  const title = escaped(options.heading ?? usual);
  const nonce = randomBytes(16).toString("base64");
  const details = error.details.map(({ field, message }) => `<li>${escaped(field)}: ${escaped(message)}</li>`).join("");
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title} · MindFlow</title>
<style nonce="${nonce}">${style}</style></head>
<body><main><h1>${title}</h1><p>${escaped(error.message)}</p>${details && `<ul>${details}</ul>`}
<p><a href="${escaped(back)}">${messages.back}</a></p><p><small>${escaped(requestId)}</small></p></main></body></html>`;
  const headers = new Headers({
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  });
  if (error.retryAfterSeconds !== undefined) headers.set("Retry-After", String(error.retryAfterSeconds));
  if (options.moveOn) headers.set("Refresh", `0; url=${back}`);
  return new Response(html, { status, headers });
}
