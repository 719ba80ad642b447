// The REST door without Next around it, for people who hold a session: the product has no REST credential yet, so this is the
// one way to see what its handler costs. usage: node --conditions=react-server rest.mjs (the application's environment)
import http from "node:http";
import { bySession } from "../src/transports/context.ts";
import { handleRest } from "../src/transports/rest/handler.ts";

async function serve(incoming, outgoing) {
  const request = new Request(`http://localhost${incoming.url}`, {
    method: incoming.method,
    headers: incoming.headers,
  });
  const response = await handleRest(request, bySession);
  const body = Buffer.from(await response.arrayBuffer());
  outgoing.writeHead(response.status, { ...Object.fromEntries(response.headers), "content-length": body.length });
  outgoing.end(body);
}

http.createServer((incoming, outgoing) => void serve(incoming, outgoing)).listen(Number(process.env.PORT), "127.0.0.1");
