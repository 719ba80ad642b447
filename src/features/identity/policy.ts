import "server-only";
import { commonPasswords } from "./blocklist.ts";
import { messages } from "./messages.ts";

const { passwordCommon, passwordContext, passwordPattern } = messages.fields;

const leet: Record<string, string> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "8": "b",
  "@": "a",
  $: "s",
  "!": "i",
  "|": "i",
  "+": "t",
};
const unleet = (value: string) => value.replace(/[0134578@$!|+]/g, (sign) => leet[sign] ?? sign);
const letters = (value: string) => value.replace(/[^\p{L}\p{M}]+/gu, "");
const trimmed = (value: string) => value.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, "");
/** `abcabcabc` → `abc`. */
const once = (value: string) => /^(.+?)\1+$/u.exec(value)?.[1] ?? value;

/** The ways a guesser's rules would write a common word; each is compared whole. */
function forms(password: string): Set<string> {
  const lower = password.normalize("NFKC").toLowerCase();
  const plain = lower.normalize("NFD").replace(/\p{M}+/gu, "");
  // Digits at the end are a suffix, digits inside stand for letters: both readings, before and after cutting the ends.
  const cores = [lower, plain].flatMap((value) => [
    value,
    trimmed(value),
    unleet(trimmed(value)),
    trimmed(unleet(value)),
    unleet(value),
  ]);
  return new Set(
    cores
      .flatMap((value) => [value, letters(value), once(value), once(letters(value))])
      .filter((value) => value !== ""),
  );
}

/** One or two common words one after the other are still a guess away. */
function isCommon(form: string): boolean {
  if (commonPasswords.has(form)) return true;
  for (let cut = 3; cut <= form.length - 3; cut++)
    if (commonPasswords.has(form.slice(0, cut)) && commonPasswords.has(form.slice(cut))) return true;
  return false;
}

const rows = [
  "abcdefghijklmnopqrstuvwxyz",
  "01234567890",
  "qwertyuiop",
  "qwertzuiopü",
  "azertyuiop",
  "asdfghjkl",
  "zxcvbnm",
  "йцукенгшщзхъ",
];
const neighbours = new Set(
  rows.flatMap((row) => [...row].slice(1).flatMap((sign, at) => [`${row[at]}${sign}`, `${sign}${row[at]}`])),
);

/** Few different characters, or mostly steps along the alphabet, the digits or a row of keys. */
function isPattern(password: string): boolean {
  const signs = [...password.normalize("NFKC").toLowerCase()];
  if (new Set(signs).size < 5) return true;
  const steps = signs.slice(1).filter((sign, at) => sign === signs[at] || neighbours.has(`${signs[at]}${sign}`));
  return steps.length >= (signs.length - 1) * 0.75;
}

/** Is so little left without the person's own words that those are all there is to guess? */
function isContext(password: string, words: readonly string[]): boolean {
  const plain = (value: string) =>
    value
      .normalize("NFKD")
      .replace(/\p{M}+/gu, "")
      .toLowerCase();
  const known = words.flatMap((word) => plain(word).split(/[^\p{L}\p{N}]+/u)).filter((word) => word.length >= 3);
  if (known.length === 0) return false;
  const longestFirst = [...new Set(known)].sort((a, b) => b.length - a.length);
  const remains = (value: string) => [
    ...longestFirst.reduce((rest, word) => rest.replaceAll(word, ""), value).replace(/[^\p{L}\p{N}]+/gu, ""),
  ];
  const whole = plain(password);
  return [whole, unleet(whole)].some(
    (value) => longestFirst.some((word) => value.includes(word)) && remains(value).length < 8,
  );
}

/**
 * Why a new password is refused although its length is right: common, a pattern, or the person's own words (design §8,
 * security ID-03). Long phrases that merely contain a common word or a name pass.
 * @param words what a guesser knows of the person: address, name
 * @returns a sentence for the person, or null when there is nothing against it
 */
export function passwordProblem(password: string, words: readonly string[]): string | null {
  if (isPattern(password)) return passwordPattern;
  if ([...forms(password)].some(isCommon)) return passwordCommon;
  const local = words.map((word) => word.replace(/@.*$/, ""));
  return isContext(password, [...local, "mindflow"]) ? passwordContext : null;
}
