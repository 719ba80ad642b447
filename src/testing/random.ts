/** Numbers that look random and come again for the same seed (mulberry32). */
export class Random {
  readonly seed: number;
  #state: number;

  /** @param seed FUZZ_SEED repeats a run that failed */
  constructor(seed: number = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31)) {
    this.seed = seed;
    this.#state = seed;
  }

  /** 0 ≤ x < 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 to below `n`. */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  pick<T>(all: readonly T[]): T {
    const chosen = all[this.below(all.length)];
    if (chosen === undefined && all.length === 0) throw new Error("nothing to pick from");
    return chosen as T;
  }

  chance(p: number): boolean {
    return this.next() < p;
  }

  /** Text of any characters, well-formed or not. */
  text(longest: number): string {
    const units = Array.from({ length: this.below(longest + 1) }, () =>
      this.pick([this.below(128), this.below(0x300), this.below(0x10000), 0xd800 + this.below(0x800), 0]),
    );
    return String.fromCharCode(...units);
  }

  /** Any JSON value. */
  json(depth: number): unknown {
    const leaves = [
      () => null,
      () => this.chance(0.5),
      () => this.below(1000) - 500,
      () => this.pick([1e308, -1e308, 2 ** 53, 0.1, -0, 2_147_483_648]),
      () => this.text(40),
      () =>
        this.pick([
          "",
          "true",
          "null",
          "0",
          "-1",
          "2026-11-24",
          "infinity",
          "NaN",
          "' OR 1=1 --",
          "\u0000",
          "%",
          "../..",
        ]),
    ];
    if (depth <= 0 || this.chance(0.5)) return this.pick(leaves)();
    const size = this.below(5);
    if (this.chance(0.5)) return Array.from({ length: size }, () => this.json(depth - 1));
    return Object.fromEntries(Array.from({ length: size }, () => [this.text(12), this.json(depth - 1)]));
  }
}
