import { TZDate } from "@date-fns/tz";

/** Days and instants in a person's zone. Isomorphic; the current time is always an argument. */

const two = (n: number) => String(n).padStart(2, "0");
const iso = (d: Date) => `${String(d.getFullYear()).padStart(4, "0")}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Swedish writes days as ISO does. Kept, because lists ask for hundreds of days, always in the same few zones. */
function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
    if (formats.size < 1000) formats.set(zone, format);
  }
  return format;
}

/** The calendar day (`YYYY-MM-DD`) it is in `zone` at `instant`. */
export function dayIn(zone: string, instant: Date): string {
  const day = formatOf(zone).format(instant);
  // Years of fewer than four digits, and runtimes without Swedish, take the long way.
  return /^\d{4}-\d\d-\d\d$/.test(day) ? day : iso(new TZDate(instant.getTime(), zone));
}

/** The calendar day `days` after `day`. */
export function addDays(day: string, days: number): string {
  const [y = 0, m = 1, d = 1] = day.split("-").map(Number);
  return new Date(Date.UTC(y, m - 1, d + days)).toISOString().slice(0, 10);
}

/** The instant at which the wall clock in `zone` shows `day` at `hours:minutes`; a time that a DST gap skips moves forward. */
export function instantAt(zone: string, day: string, hours: number, minutes = 0): Date {
  const [y = 0, m = 1, d = 1] = day.split("-").map(Number);
  return new Date(new TZDate(y, m - 1, d, hours, minutes, 0, 0, zone).getTime());
}

/** The instant at which `day` ends in `zone`. */
export const endOfDay = (zone: string, day: string): Date => instantAt(zone, addDays(day, 1), 0);

/** 0 = Sunday … 6 = Saturday. */
export function weekday(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay();
}

const zones = new Map<string, boolean>();

/** Is this a zone that Intl knows (IANA name, e.g. `Asia/Kathmandu`)? Offsets such as `+05:45` are refused. */
export function isZone(zone: string): boolean {
  let known = zones.get(zone);
  if (known === undefined) {
    try {
      known = /^[A-Za-z]/.test(zone) && Boolean(new Intl.DateTimeFormat("en", { timeZone: zone }));
    } catch {
      known = false;
    }
    if (zones.size < 2000) zones.set(zone, known);
  }
  return known;
}
