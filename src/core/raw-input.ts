import { AppError } from "./errors.ts";

/** What any input may weigh before anybody looks at its fields (requirements S2-14 and design §5). */
export const rawLimits = { bytes: 65_536, depth: 6, nodes: 4_000, keys: 50 } as const;

const tooLarge = (what: string) => new AppError("PAYLOAD_TOO_LARGE", what);
const forbiddenKeys = new Set(["__proto__", "prototype", "constructor"]);

/**
 * Walks the raw input without recursion: size in UTF-8 bytes of its keys and strings, depth, number of values, keys per
 * object, and keys that could reach a prototype.
 * @throws AppError PAYLOAD_TOO_LARGE or VALIDATION_ERROR
 */
export function checkRawInput(raw: unknown): void {
  let bytes = 0;
  let nodes = 0;
  const stack: [unknown, number][] = [[raw, 0]];
  for (let top = stack.pop(); top; top = stack.pop()) {
    const [value, depth] = top;
    if (++nodes > rawLimits.nodes) throw tooLarge(`The input has more than ${rawLimits.nodes} values.`);
    if (typeof value === "string") bytes += Buffer.byteLength(value);
    else if (typeof value === "object" && value !== null) {
      if (depth >= rawLimits.depth) throw tooLarge(`The input is nested deeper than ${rawLimits.depth} levels.`);
      const entries = Object.entries(value);
      if (!Array.isArray(value) && entries.length > rawLimits.keys)
        throw tooLarge(`An object of the input has more than ${rawLimits.keys} keys.`);
      for (const [key, child] of entries) {
        if (forbiddenKeys.has(key))
          throw new AppError("VALIDATION_ERROR", "Some fields need attention.", {
            details: [{ field: key, message: "This key is not allowed." }],
          });
        bytes += Array.isArray(value) ? 1 : Buffer.byteLength(key);
        stack.push([child, depth + 1]);
      }
    } else bytes += 8;
    if (bytes > rawLimits.bytes) throw tooLarge(`The input is larger than ${rawLimits.bytes / 1024} KB.`);
  }
}
