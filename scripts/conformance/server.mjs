// The product's MCP door without Next around it and with fixtures on it, for the official suite. The door takes fixtures only
// where NODE_ENV is "test", and never here alone: the same suite also asks the built product (run.mjs).
// usage: node --conditions=react-server conformance/server.mjs (the application's environment)
import http from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { handleMcp } from "../../src/transports/mcp/handler.ts";
import { addFixtures } from "../../src/transports/mcp/server.ts";
import { fixtures } from "./fixtures.mjs";

addFixtures(fixtures);

/** Node's request as the door wants it: it ends when the client goes away. */
function requestOf(incoming, outgoing) {
  const gone = new AbortController();
  outgoing.once("close", () => gone.abort());
  const body = incoming.method === "POST" ? Readable.toWeb(incoming) : null;
  return new Request(`http://localhost${incoming.url}`, {
    method: incoming.method,
    headers: incoming.headers,
    body,
    duplex: "half",
    signal: gone.signal,
  });
}

async function serve(incoming, outgoing) {
  const response = await handleMcp(requestOf(incoming, outgoing));
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (!response.body) outgoing.end();
  // A client that has seen enough of a stream closes it: that is no failure.
  else await pipeline(Readable.fromWeb(response.body), outgoing).catch(() => undefined);
}

http
  .createServer((incoming, outgoing) => {
    if (incoming.url === "/ready") outgoing.end();
    else void serve(incoming, outgoing);
  })
  .listen(Number(process.env.PORT), "127.0.0.1");
