import { z } from "zod";

// NUL cannot be stored; other control characters (C0 but tab and newlines, C1) have no place in what people read.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/u;

const clean = (value: string) => value.isWellFormed() && !control.test(value);
const message = "Contains a character that cannot be stored.";

/** The most UTF-16 units that NFC makes one character of. */
const unitsOfOne = 4;

/** Characters as people and Postgres count them: one outside the basic plane is one, though JavaScript calls it two. */
const characters = (value: string) => [...value].length;

/**
 * Text of one or many lines: NFC, trimmed, well-formed, `min`–`max` characters after trimming (design §5). The limits are
 * also told to JSON Schema, which counts characters in the same way. What cannot become short enough is refused before it is
 * normalized: sorting a long row of combining marks takes a time that grows with its square.
 */
export const text = (min: number, max: number) =>
  z
    .string()
    .refine((value) => value.length <= unitsOfOne * max + 100, { error: `At most ${max} characters.`, abort: true })
    .refine(clean, { message, abort: true })
    .normalize("NFC")
    .trim()
    .refine((value) => characters(value) >= min, {
      error: min === 1 ? "Cannot be empty." : `At least ${min} characters.`,
      abort: true,
    })
    .refine((value) => characters(value) <= max, { error: `At most ${max} characters.`, abort: true })
    .meta({ ...(min > 0 ? { minLength: min } : {}), maxLength: max });

/** Text of a single line. */
export const line = (min: number, max: number) =>
  text(min, max).refine((value) => !/[\r\n\t\u2028\u2029]/.test(value), "Must be a single line.");

/**
 * A name that somebody unknown chose, as it may be shown: one line, without characters that are not seen but change what is
 * (zero-width, direction, control); empty when nothing is left.
 */
export const plainName = (value: string): string =>
  value
    .toWellFormed()
    .normalize("NFC")
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}]/gu, " ")
    .replace(/\s+/gu, " ")
    .trim();
