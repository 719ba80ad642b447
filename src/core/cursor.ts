import { invalid } from "./errors.ts";

/** Keyset cursors: the sort key and id of the last row, opaque to clients. */
export const encodeCursor = (key: string | number, id: string): string =>
  Buffer.from(JSON.stringify([key, id])).toString("base64url");

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const instant = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z|infinity)$/;

/**
 * @returns sort key and id
 * @throws VALIDATION_ERROR on the field `cursor` for anything that `encodeCursor` did not make for this kind of key
 */
export function decodeCursor(cursor: string, kind: "instant" | "number"): [string | number, string] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (Array.isArray(value) && value.length === 2) {
      const [key, id] = value as [unknown, unknown];
      const isKey =
        kind === "instant"
          ? typeof key === "string" &&
            instant.test(key) &&
            (key === "infinity" || (!key.startsWith("0000") && !Number.isNaN(Date.parse(key))))
          : typeof key === "number" && Number.isSafeInteger(key) && Math.abs(key) <= 32_767;
      if (isKey && typeof id === "string" && uuid.test(id)) return [key as string | number, id];
    }
  } catch {
    // Falls through: not ours.
  }
  throw invalid("cursor", "Is not a cursor of this list. Start again without one.");
}
