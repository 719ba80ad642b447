import { messages } from "./messages.ts";

/** Lifetimes of everything identity hands out (design §8). */
export const sessionDays = 30;
export const idleDays = 7;
export const ticketSeconds = 60;
export const setUpHours = 24;
export const inviteDays = 7;
export const openInvitesMax = 100;

export type Strength = { words: string; level: 0 | 1 | 2 | 3 | 4 };

/** A word for a password while it is typed: length and variety, no dictionary (that check is the server's). */
export function passwordStrength(password: string): Strength {
  const length = [...password].length;
  const { short, weak, fair, good, strong } = messages.strength;
  if (length < 12) return { words: short(12 - length), level: 0 };
  const variety = new Set(password.toLowerCase()).size;
  const points = Math.min(length, 40) * Math.min(1, variety / 10);
  if (variety < 6 || points < 11) return { words: weak, level: 1 };
  if (points < 15) return { words: fair, level: 2 };
  return points < 20 ? { words: good, level: 3 } : { words: strong, level: 4 };
}

const browsers: readonly [RegExp, string][] = [
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:HeadlessChrome|Chrome|CriOS)\//, "Chrome"],
  [/\bVersion\/.*\bSafari\//, "Safari"],
  [/^curl\//, "curl"],
];
const systems: readonly [RegExp, string][] = [
  [/\b(?:iPhone|iPad)\b/, "iOS"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

/** "Firefox on Linux": enough to recognise one's own device; never the header itself, which anybody can fill. */
export function deviceName(userAgent: string | null): string {
  const name = (table: readonly [RegExp, string][]) => table.find(([pattern]) => pattern.test(userAgent ?? ""))?.[1];
  const [browser, system] = [name(browsers), name(systems)];
  if (browser && system) return `${browser} on ${system}`;
  return browser ?? system ?? messages.device.unknown;
}

/** Device and address, as notifications name a sign-in. */
export const placeName = (userAgent: string | null, address: string | null): string =>
  address ? messages.device.at(deviceName(userAgent), address) : deviceName(userAgent);
