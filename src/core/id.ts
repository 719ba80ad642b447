import { v7 } from "uuid";

/** A new UUIDv7: ordered by time, so indexes grow at their end (design §6). */
export const newId = (): string => v7();
