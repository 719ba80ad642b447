// The one address that everything has in this run, as a reverse proxy in front of MindFlow would be: the suite cannot send a
// token, so requests to MCP that bring none get one here. Everything else passes unchanged, Host and Origin above all.
import http from "node:http";
import { beforeExit } from "../lifetime.mjs";

/** Where the door with fixtures is, under the same name as the product. */
export const WITH_FIXTURES = "/with-fixtures";

/** Starts it, before what is behind it: its address is their APP_URL. @returns its url, and `lead` to say what is behind */
export async function startFront() {
  const behind = { app: 0, fixtures: 0, token: null };
  const agent = new http.Agent({ keepAlive: true });

  const server = http.createServer((request, response) => {
    const isFixture = request.url.startsWith(`${WITH_FIXTURES}/`);
    const path = isFixture ? request.url.slice(WITH_FIXTURES.length) : request.url;
    const headers = { ...request.headers };
    if (path === "/mcp" && behind.token) headers.authorization ??= `Bearer ${behind.token}`;
    const onward = http.request({
      host: "127.0.0.1",
      port: isFixture ? behind.fixtures : behind.app,
      method: request.method,
      path,
      headers,
      agent,
    });
    onward.once("response", (answer) => {
      response.writeHead(answer.statusCode, answer.rawHeaders);
      // At once: of a stream the head comes long before the rest.
      response.flushHeaders();
      answer.pipe(response);
    });
    onward.once("error", (error) =>
      response.headersSent ? response.destroy() : response.writeHead(502).end(String(error)),
    );
    response.once("close", () => onward.destroy());
    request.pipe(onward);
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  beforeExit(() => {
    agent.destroy();
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://localhost:${server.address().port}`, lead: (to) => Object.assign(behind, to) };
}
