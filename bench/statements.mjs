// Counts what a server asks of Postgres: a proxy on loopback that reads the frontend's messages on their way. It knows
// nothing of the code that is counted, so the count cannot be flattered.
import net from "node:net";

/** Reads the messages of one connection; a message may come in pieces. */
function reader(onStatement) {
  let rest = Buffer.alloc(0);
  let isStarted = false;
  const texts = new Map();
  const portals = new Map();
  return (data) => {
    rest = rest.length === 0 ? data : Buffer.concat([rest, data]);
    for (;;) {
      // The first message has no type byte.
      const head = isStarted ? 1 : 0;
      if (rest.length < head + 4) return;
      const length = rest.readUInt32BE(head);
      if (rest.length < head + length) return;
      const type = isStarted ? String.fromCharCode(rest[0]) : "startup";
      const parts = rest
        .subarray(head + 4, head + length)
        .toString("utf8")
        .split("\0", 2);
      isStarted = true;
      if (type === "Q") onStatement(parts[0]);
      else if (type === "P") texts.set(parts[0], parts[1]);
      else if (type === "B") portals.set(parts[0], texts.get(parts[1]) ?? "");
      else if (type === "E") onStatement(portals.get(parts[0]) ?? "");
      rest = rest.subarray(head + length);
    }
  };
}

/**
 * Stands before a Postgres on loopback.
 * @param {string} databaseUrl
 * @returns {Promise<{ url: string, take: () => string[], stop: () => Promise<void> }>} `take` gives the statements since the last `take`
 */
export async function countStatements(databaseUrl) {
  const target = new URL(databaseUrl);
  let statements = [];
  const sockets = new Set();
  const server = net.createServer((client) => {
    const database = net.connect({ host: target.hostname, port: Number(target.port), noDelay: true });
    client.setNoDelay(true);
    const read = reader((text) => statements.push(text.trim()));
    client.on("data", (data) => {
      read(data);
      database.write(data);
    });
    database.on("data", (data) => client.write(data));
    for (const [one, other] of [
      [client, database],
      [database, client],
    ]) {
      sockets.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const url = new URL(databaseUrl);
  url.port = String(server.address().port);
  return {
    url: url.href,
    take() {
      const taken = statements;
      statements = [];
      return taken;
    },
    stop() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
