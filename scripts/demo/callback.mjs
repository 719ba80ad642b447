// Where the browser brings the answer: a server on this computer, on a port of its own, for one address and one answer.
import { createServer } from "node:http";
import { beforeExit } from "../lifetime.mjs";

const page = (title, text) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><link rel="icon" href="data:,">
<style>body{font:17px/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem;color-scheme:light dark}</style>
<h1>${title}</h1><p>${text}</p></html>`;

const pages = {
  allowed: page("Connected", "You can close this page. The demo goes on in the terminal."),
  refused: page("Nothing was allowed", "You can close this page. The demo has ended."),
  foreign: page("Not this request", "This answer belongs to another request. The demo still waits for its own."),
};

/**
 * Listens for the answer to one request.
 * @param {string} state only an answer that carries it is ours
 * @returns {Promise<{ address: string, answer: Promise<URLSearchParams> }>}
 */
export async function listenForAnswer(state) {
  let arrived;
  const answer = new Promise((resolve) => {
    arrived = resolve;
  });
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
    const isHere = request.method === "GET" && pathname === "/callback";
    const isOurs = isHere && searchParams.get("state") === state;
    const kind = isOurs ? (searchParams.has("code") ? "allowed" : "refused") : "foreign";
    response.writeHead(isOurs ? 200 : isHere ? 400 : 404, {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "Referrer-Policy": "no-referrer",
      Connection: "close",
    });
    response.end(pages[kind]);
    if (isOurs) arrived(searchParams);
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  beforeExit(() => {
    server.close();
    server.closeAllConnections();
  });
  return { address: `http://127.0.0.1:${server.address().port}/callback`, answer };
}
