import { channel } from "node:diagnostics_channel";
import { afterEach, describe, expect, test, vi } from "vitest";

const settings = vi.hoisted(() => ({ TRUSTED_PROXY_HOPS: 0 }));
vi.mock("./env.ts", () => ({ env: () => settings }));

const { addressKey, clientAddress, notePeers } = await import("./address.ts");

afterEach(() => {
  settings.TRUSTED_PROXY_HOPS = 0;
});

/** The headers that a handler sees for a request that came in over a socket. */
function received(headers: Record<string, string>, remoteAddress: string): Headers {
  const request = { headers: { ...headers }, socket: { remoteAddress } };
  channel("http.server.request.start").publish({ request });
  return new Headers(request.headers);
}

describe("the client's address comes only from trusted hops (requirements +11)", () => {
  test("a request that came before the note, or claims one of its own, has no address", () => {
    expect(clientAddress(new Headers({ "x-mindflow-peer": " 203.0.113.9" }))).toBeNull();
    expect(clientAddress(new Headers({ "x-mindflow-peer": "undefined 203.0.113.9" }))).toBeNull();
  });

  test("without a trusted proxy it is the socket's, whatever headers claim", () => {
    notePeers();
    notePeers();
    const forged = { "x-forwarded-for": "203.0.113.9", "x-real-ip": "203.0.113.9", "x-mindflow-peer": "x 203.0.113.9" };
    expect(clientAddress(received(forged, "127.0.0.1"))).toBe("127.0.0.1");
    expect(clientAddress(received({}, "::ffff:192.0.2.1"))).toBe("192.0.2.1");
    expect(clientAddress(new Headers(forged))).toBeNull();
  });

  test.each([
    [1, "198.51.100.7", "198.51.100.7"],
    [1, "203.0.113.9, 198.51.100.7", "198.51.100.7"],
    [2, "203.0.113.9, 198.51.100.7, 192.0.2.1", "198.51.100.7"],
    [2, "192.0.2.1", "192.0.2.1"],
    [1, "203.0.113.9, 198.51.100.7:5123", "198.51.100.7"],
    [1, "[2001:db8::1]:443", "2001:db8::1"],
    [1, "fe80::1%eth0", "fe80::1"],
    [1, "nonsense", null],
    [1, "", "10.0.0.1"],
  ])("with %i trusted hops, X-Forwarded-For %j gives %j", (hops, forwarded, expected) => {
    settings.TRUSTED_PROXY_HOPS = hops;
    expect(clientAddress(new Headers({ "x-forwarded-for": forwarded }), "10.0.0.1")).toBe(expected);
  });

  test("an IPv6 customer is counted once, however many addresses it takes", () => {
    expect(addressKey("2001:db8:1:2:3:4:5:6")).toBe(addressKey("2001:db8:1:2::99"));
    expect(addressKey("2001:db8:1:3::99")).not.toBe(addressKey("2001:db8:1:2::99"));
    expect(addressKey("::1")).toBe("0:0:0:0::/64");
    expect(addressKey("192.0.2.1")).toBe("192.0.2.1");
    expect(addressKey(null)).toBe("unknown");
  });
});
