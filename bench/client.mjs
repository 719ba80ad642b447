// A load generator that costs as little as it can: it shares the machine with what it measures. Plain sockets that are kept
// open, one request at a time on each; a general HTTP client would take as much CPU as the servers under test.
import net from "node:net";

const HEAD_END = Buffer.from("\r\n\r\n");
const LAST_CHUNK = Buffer.from("0\r\n\r\n");

/** A request as it goes over the wire. */
export function request(method, path, headers = {}, body = "") {
  const lines = Object.entries({ host: "localhost", connection: "keep-alive", ...headers });
  if (body !== "" || method !== "GET") lines.push(["content-length", String(Buffer.byteLength(body))]);
  return `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`;
}

/** Where the body ends, as the head says: a number of bytes, or null for chunks. */
function bodyLength(head, status) {
  if (status === 204 || status === 304) return 0;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  return length === undefined ? null : Number(length);
}

/** One kept-open connection. `send` resolves to the answer's status, and its body where that is wanted. */
export function connect(port) {
  const socket = net.connect({ host: "127.0.0.1", port, noDelay: true });
  let waiting = null;
  let parts = [];
  let [received, expected, status, head] = [0, -1, 0, ""];

  const fail = (error) => {
    const pending = waiting;
    waiting = null;
    pending?.reject(error ?? new Error("the connection was closed"));
  };
  socket.on("error", fail).on("close", () => fail());
  socket.on("data", (data) => {
    parts.push(data);
    received += data.length;
    if (expected === -1) {
      const all = parts.length === 1 ? data : Buffer.concat(parts);
      parts = [all];
      const end = all.indexOf(HEAD_END);
      if (end < 0) return;
      head = all.toString("latin1", 0, end);
      status = Number(head.slice(9, 12));
      const length = bodyLength(head, status);
      expected = length === null ? Number.POSITIVE_INFINITY : end + 4 + length;
    }
    // Nothing follows an answer before the next request, so chunks end where the last five bytes say so.
    const last = parts.at(-1);
    const isWhole = expected === Number.POSITIVE_INFINITY ? endsWith(last, parts.at(-2)) : received >= expected;
    if (!isWhole) return;
    const answer = { status };
    if (waiting?.wantsBody) answer.body = bodyOf(Buffer.concat(parts), expected);
    [parts, received, expected] = [[], 0, -1];
    const pending = waiting;
    waiting = null;
    pending?.resolve(answer);
  });
  return {
    send: (text, wantsBody = false) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject, wantsBody };
        socket.write(text);
      }),
    close: () => socket.destroy(),
  };
}

/** What stands behind the head, chunks put together. */
function bodyOf(all, expected) {
  const body = all.subarray(all.indexOf(HEAD_END) + 4);
  if (expected !== Number.POSITIVE_INFINITY) return body.toString();
  const chunks = [];
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf("\r\n", at);
    const length = Number.parseInt(body.toString("latin1", at, end), 16);
    chunks.push(body.subarray(end + 2, end + 2 + length));
    at = length > 0 ? end + 2 + length + 2 : body.length;
  }
  return Buffer.concat(chunks).toString();
}

function endsWith(last, before) {
  const tail = last.length >= 5 || !before ? last : Buffer.concat([before.subarray(-5), last]);
  return tail.subarray(-5).equals(LAST_CHUNK);
}

/**
 * Keeps `connections` requests in flight for some seconds.
 * @param {{ port: number, connections: number, seconds: number, make: (connection: number, n: number) => string,
 *   accepts: (status: number) => boolean, after?: (connection: number, body: string) => void }} load
 * @returns milliseconds of every request, the seconds it really took, and how often which unwanted status came
 */
export async function drive({ port, connections, seconds, make, accepts, after }) {
  const milliseconds = [];
  const refused = {};
  const begin = performance.now();
  const end = begin + seconds * 1000;
  const worker = async (index) => {
    const wire = connect(port);
    try {
      for (let n = 0; performance.now() < end; n++) {
        const since = performance.now();
        const { status, body } = await wire.send(make(index, n), after !== undefined);
        milliseconds.push(performance.now() - since);
        if (!accepts(status)) refused[status] = (refused[status] ?? 0) + 1;
        else after?.(index, body);
      }
    } finally {
      wire.close();
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, index) => worker(index)));
  return { milliseconds, seconds: (performance.now() - begin) / 1000, refused };
}
