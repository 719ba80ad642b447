import "server-only";
import { lookup as resolve } from "node:dns";
import { BlockList, isIP } from "node:net";
import { Agent, fetch } from "undici";
import { env } from "./env.ts";

// Addresses that are not out in the world (RFC 6890 and its successors): ours, our neighbours', a cloud's own.
// A list for each family: a rule that covers the IPv4 addresses within IPv6 would hold for every IPv4 address.
const [special4, special6] = [new BlockList(), new BlockList()];
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const)
  special4.addSubnet(network, prefix, "ipv4");
// Everything but global unicast (2000::/3), and in it what wraps an IPv4 address or is for documents.
for (const [network, prefix] of [
  ["::", 3],
  ["4000::", 2],
  ["8000::", 1],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const)
  special6.addSubnet(network, prefix, "ipv6");

/** Does this address lie inside: this machine, a private network, a cloud's metadata service? */
export const isSpecialAddress = (address: string): boolean => {
  const family = isIP(address);
  return family === 0 || (family === 6 ? special6.check(address, "ipv6") : special4.check(address, "ipv4"));
};

const refusal = () => new Error("This host is not in the public internet");

/** Checked between name and connection, so no name can lead inside, and a name that changes its mind meets the same check. */
const guarded = new Agent({
  connect: {
    lookup: (hostname, options, done) =>
      resolve(hostname, { ...options, all: true }, (error, found) => {
        const inside = found?.some(({ address }) => isSpecialAddress(address));
        const [first] = found ?? [];
        if (error || inside || !first) return done(error ?? refusal(), []);
        return options.all ? done(null, found) : done(null, first.address, first.family);
      }),
  },
});
const open = new Agent();

/**
 * Fetches from an address that somebody else named: https on its usual port, no redirects followed, never a connection to a
 * special address, whatever the name resolves to (security OA-19). PRIVATE_CLIENT_HOSTS lists the exceptions.
 * @throws Error for an address that may not be asked, or that does not answer
 */
export async function fetchOutside(url: string | URL, options: RequestInit = {}): Promise<Response> {
  const target = new URL(url);
  const isListed = env().PRIVATE_CLIENT_HOSTS.includes(target.host);
  const literal = target.hostname.replace(/^\[|\]$/g, "");
  if (target.protocol !== "https:") throw refusal();
  if (!isListed && (target.port !== "" || (isIP(literal) !== 0 && isSpecialAddress(literal)))) throw refusal();
  const { method, headers, body, signal } = options;
  return (await fetch(target, {
    method: method ?? "GET",
    headers: Object.fromEntries(new Headers(headers)),
    ...(body == null ? {} : { body: body as string }),
    signal: signal ?? AbortSignal.timeout(5000),
    redirect: "manual",
    dispatcher: isListed ? open : guarded,
  })) as unknown as Response;
}
