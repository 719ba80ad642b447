import { addDays, dayIn } from "#core/clock.ts";
import { messages } from "./messages.ts";

/**
 * Dates, times and durations in words. The interface is English; region and clock (12 or 24 h) follow the person's own English.
 * Server and browser get the same locale, zone and clock, so both render the same text.
 */
export type Where = Readonly<{
  /** BCP 47 tag of an English, such as `en-GB`; see `pickLocale`. */
  locale: string;
  /** IANA zone of the person. */
  zone: string;
  /** The current time, in milliseconds; given, so that a rendered page and its hydration agree. */
  now: number;
}>;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making an `Intl` format costs more than using it a thousand times. */
function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  let known = formats.get(key);
  if (!known) {
    known = new Intl.DateTimeFormat(locale, options);
    formats.set(key, known);
  }
  return known;
}

/** The first English of an `Accept-Language` header; `en-GB` (day before month, 24 h) when there is none. */
export function pickLocale(acceptLanguage: string | null | undefined): string {
  for (const part of (acceptLanguage ?? "").slice(0, 200).split(",")) {
    const tag = part.split(";")[0]?.trim() ?? "";
    if (/^en-[A-Za-z]{2}$/.test(tag)) return `en-${tag.slice(3).toUpperCase()}`;
    // Someone who reads another language first is better served by 24 h and day before month than by the American way.
    if (tag && !/^en\b/i.test(tag)) return "en-GB";
  }
  return "en-GB";
}

const noon = (day: string) => new Date(`${day}T12:00:00Z`);

/** `17:00` or `5:00 PM`, as the person's own English has it; on one line, and with the same space in every browser. */
export const timeOfDay = (instant: string | number, { locale, zone }: Where): string =>
  format(locale, { timeStyle: "short", timeZone: zone }).format(new Date(instant)).replace(/\s/gu, "\u00a0");

/** `24 Nov`; with the year when it is not the current one; `weekday` puts the day's short name first. */
export function shortDay(day: string, where: Where, weekday = false): string {
  const sameYear = day.slice(0, 4) === dayIn(where.zone, new Date(where.now)).slice(0, 4);
  return format(where.locale, {
    timeZone: "UTC",
    day: "numeric",
    month: "short",
    ...(weekday ? { weekday: "short" } : {}),
    ...(sameYear ? {} : { year: "numeric" }),
  })
    .format(noon(day))
    .replace(",", "");
}

/** `Friday 20 November`. */
export const longDay = (day: string, { locale }: Where): string =>
  format(locale, { timeZone: "UTC", weekday: "long", day: "numeric", month: "long" })
    .format(noon(day))
    .replace(",", "");

/** Today, Yesterday, Tomorrow, the weekday within the coming week, else `24 Nov`. */
export function relativeDay(day: string, where: Where): string {
  const today = dayIn(where.zone, new Date(where.now));
  if (day === today) return messages.today;
  if (day === addDays(today, -1)) return messages.yesterday;
  if (day === addDays(today, 1)) return messages.tomorrow;
  if (day > today && day < addDays(today, 7))
    return format(where.locale, { timeZone: "UTC", weekday: "long" }).format(noon(day));
  return shortDay(day, where);
}

const ownWords = new Set<string>([messages.today, messages.yesterday, messages.tomorrow]);

/** The same inside a sentence: our own words small, names of days and months as they are. */
export const midSentence = (words: string): string =>
  ownWords.has(words.split(" ", 1)[0] ?? "") ? words.charAt(0).toLowerCase() + words.slice(1) : words;

/** An instant as `Today 17:00`, `Tomorrow 09:00`, `24 Nov 14:00`; only the time when it is today and `short` is asked for. */
export function relativeInstant(instant: string, where: Where, short = false): string {
  const day = dayIn(where.zone, new Date(instant));
  const time = timeOfDay(instant, where);
  if (short && day === dayIn(where.zone, new Date(where.now))) return time;
  return `${relativeDay(day, where)} ${time}`;
}

/** `just now`, `8 min ago`, `3 h ago`, then the day with its time. */
export function ago(instant: string, where: Where): string {
  const minutes = Math.floor((where.now - Date.parse(instant)) / 60_000);
  if (minutes < 1) return messages.justNow;
  if (minutes < 60) return messages.minutesAgo(minutes);
  if (minutes < 12 * 60) return messages.hoursAgo(Math.floor(minutes / 60));
  return relativeInstant(instant, where);
}

/** Minutes of work: `45 min`, `1 h`, `1 h 30`. */
export function duration(minutes: number): string {
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest ? `${Math.floor(minutes / 60)} h ${rest}` : `${minutes / 60} h`;
}

/** Points and scores: always one decimal, so that lines can be added by hand. */
export const points = (value: number): string => value.toFixed(1);
