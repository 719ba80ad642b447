import http from "node:http";
import net from "node:net";
import { expect, test } from "vitest";
import { keepAnswersWhole } from "./answers.ts";

/** The pieces in which a socket gets an answer that is flushed before its body is written. */
async function piecesOf(server: http.Server): Promise<string[]> {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  const { port } = server.address() as net.AddressInfo;
  const pieces: string[] = [];
  const socket = net.connect(port, "127.0.0.1").setEncoding("utf8");
  socket.on("data", (piece: string) => pieces.push(piece));
  socket.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  await new Promise((resolve) => socket.once("close", resolve));
  await new Promise((resolve) => server.close(resolve));
  return pieces;
}

test("head and body of an answer travel together, even when the head is flushed first", async () => {
  keepAnswersWhole();
  keepAnswersWhole();
  const server = http.createServer((_, response) => {
    response.setHeader("Content-Type", "text/plain");
    response.flushHeaders();
    setTimeout(() => response.end("whole"), 20);
  });
  const pieces = await piecesOf(server);
  expect(pieces).toHaveLength(1);
  expect(pieces[0]).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n[\s\S]*whole/);
});
