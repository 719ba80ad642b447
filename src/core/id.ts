import { v7 } from "uuid";

// One draw of random bytes for many ids: drawing sixteen at a time costs several times the rest (bench: 3 µs, not 0.4).
const pool = new Uint8Array(4096);
let used = pool.length;
let last = 0;
let sequence = 0;

/** A new UUIDv7: ordered by time, within a millisecond by its making, so indexes grow at their end (design §6). */
export function newId(): string {
  if (used === pool.length) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  const random = pool.subarray(used, used + 16);
  used += 16;
  const now = Date.now();
  if (now > last) {
    last = now;
    const [a = 0, b = 0, c = 0, d = 0] = random.subarray(6, 10);
    // 31 random bits, which leaves room for counting up.
    sequence = ((a & 0x7f) << 24) | (b << 16) | (c << 8) | d;
  } else sequence += 1;
  return v7({ random, msecs: last, seq: sequence });
}
