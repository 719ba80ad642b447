import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { selfSigned } from "./certificate.ts";

// A site of somebody else's, on this machine: https with a certificate that whoever starts with `NODE_EXTRA_CA_CERTS` trusts.

export type HttpsHost = Readonly<{
  /** `localhost:49152`, as PRIVATE_CLIENT_HOSTS wants it. */
  host: string;
  origin: string;
  /** A file for NODE_EXTRA_CA_CERTS. */
  certificate: string;
  /** What is found there, as JSON by path. */
  documents: Map<string, unknown>;
  /** Every path that was asked for. */
  asked: string[];
  /** From now on it hangs up, or answers again. */
  setAway(isAway: boolean): void;
  stop(): Promise<void>;
}>;

/** Starts the site. */
export async function startHttpsHost(): Promise<HttpsHost> {
  const { key, cert } = selfSigned("localhost");
  const folder = await mkdtemp(path.join(tmpdir(), "mindflow-site-"));
  const certificate = path.join(folder, "certificate.pem");
  await writeFile(certificate, cert);
  const documents = new Map<string, unknown>();
  const asked: string[] = [];
  let isAway = false;
  const server = createServer({ key, cert }, (request, response) => {
    if (isAway) return void request.socket.destroy();
    const document = documents.get(request.url ?? "");
    asked.push(request.url ?? "");
    response.writeHead(document ? 200 : 404, { "Content-Type": "application/json" });
    response.end(JSON.stringify(document ?? { error: "not found" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `localhost:${(server.address() as AddressInfo).port}`;
  return {
    host,
    origin: `https://${host}`,
    certificate,
    documents,
    asked,
    setAway: (value) => {
      isAway = value;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
