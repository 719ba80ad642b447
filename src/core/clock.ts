import { TZDate } from "@date-fns/tz";

/** Days and instants in a person's zone. Isomorphic; the current time is always an argument. */

const two = (n: number) => String(n).padStart(2, "0");
const iso = (d: Date) => `${String(d.getFullYear()).padStart(4, "0")}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;

type Zone = { name: string; format: Intl.DateTimeFormat };
const kept = new Map<string, Zone>();

/**
 * A zone under the one name that Intl has for it, and its days: Swedish writes them as ISO does. Kept, because lists ask for
 * hundreds of days, always in the same few zones; by name without case, of which there are hundreds, not a million: whoever
 * spelled one zone in every way would else fill these and the library's memory.
 */
function zoneOf(zone: string): Zone {
  const key = zone.toLowerCase();
  let known = kept.get(key);
  if (!known) {
    const day = { year: "numeric", month: "2-digit", day: "2-digit" } as const;
    const format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, ...day });
    known = { name: format.resolvedOptions().timeZone, format };
    kept.set(key, known);
  }
  return known;
}

/** The calendar day (`YYYY-MM-DD`) it is in `zone` at `instant`. */
export function dayIn(zone: string, instant: Date): string {
  const { name, format } = zoneOf(zone);
  const day = format.format(instant);
  // Years of fewer than four digits, and runtimes without Swedish, take the long way.
  return /^\d{4}-\d\d-\d\d$/.test(day) ? day : iso(new TZDate(instant.getTime(), name));
}

/** The calendar day `days` after `day`. */
export function addDays(day: string, days: number): string {
  const [y = 0, m = 1, d = 1] = day.split("-").map(Number);
  return new Date(Date.UTC(y, m - 1, d + days)).toISOString().slice(0, 10);
}

/** The instant at which the wall clock in `zone` shows `day` at `hours:minutes`; a time that a DST gap skips moves forward. */
export function instantAt(zone: string, day: string, hours: number, minutes = 0): Date {
  const [y = 0, m = 1, d = 1] = day.split("-").map(Number);
  return new Date(new TZDate(y, m - 1, d, hours, minutes, 0, 0, zoneOf(zone).name).getTime());
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
