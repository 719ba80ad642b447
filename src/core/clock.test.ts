import { describe, expect, test, vi } from "vitest";
import { addDays, dayIn, endOfDay, instantAt, isZone, weekday } from "./clock.ts";

const at = (iso: string) => new Date(iso);

describe("the day it is in a zone", () => {
  test.each([
    ["Pacific/Pago_Pago", "2026-03-01T10:59:59Z", "2026-02-28"],
    ["Pacific/Pago_Pago", "2026-03-01T11:00:00Z", "2026-03-01"],
    ["Asia/Kathmandu", "2026-02-28T18:14:59Z", "2026-02-28"],
    ["Asia/Kathmandu", "2026-02-28T18:15:00Z", "2026-03-01"],
    ["Pacific/Kiritimati", "2026-12-31T09:59:59Z", "2026-12-31"],
    ["Pacific/Kiritimati", "2026-12-31T10:00:00Z", "2027-01-01"],
    ["UTC", "2028-02-29T23:59:59Z", "2028-02-29"],
  ])("%s at %s is %s", (zone, instant, day) => {
    expect(dayIn(zone, at(instant))).toBe(day);
  });

  test("at one instant it is three days on earth", () => {
    const now = at("2026-11-21T10:30:00Z");
    expect(["Pacific/Pago_Pago", "UTC", "Pacific/Kiritimati"].map((zone) => dayIn(zone, now))).toEqual([
      "2026-11-20",
      "2026-11-21",
      "2026-11-22",
    ]);
  });
});

describe("the instant of a wall clock", () => {
  test.each([
    ["Pacific/Pago_Pago", "2026-11-24", 17, "2026-11-25T04:00:00.000Z"],
    ["Pacific/Kiritimati", "2026-11-24", 17, "2026-11-24T03:00:00.000Z"],
    ["Asia/Kathmandu", "2026-11-24", 17, "2026-11-24T11:15:00.000Z"],
    ["Europe/Berlin", "2026-07-01", 9, "2026-07-01T07:00:00.000Z"],
    ["Europe/Berlin", "2026-12-01", 9, "2026-12-01T08:00:00.000Z"],
  ])("%s %s %i:00 is %s", (zone, day, hours, instant) => {
    expect(instantAt(zone, day, hours).toISOString()).toBe(instant);
  });

  test("a time that a gap skips moves forward: 02:30 on the day summer begins is 03:30", () => {
    expect(instantAt("Europe/Berlin", "2026-03-29", 2, 30).toISOString()).toBe("2026-03-29T01:30:00.000Z");
    expect(instantAt("America/New_York", "2026-03-08", 2, 30).toISOString()).toBe("2026-03-08T07:30:00.000Z");
    expect(instantAt("Australia/Lord_Howe", "2026-10-04", 2, 15).toISOString()).toBe("2026-10-03T15:45:00.000Z");
  });

  test("a day that begins with a gap begins after it", () => {
    expect(instantAt("Africa/Cairo", "2026-04-24", 0).toISOString()).toBe("2026-04-23T22:00:00.000Z");
    expect(dayIn("Africa/Cairo", instantAt("Africa/Cairo", "2026-04-24", 0))).toBe("2026-04-24");
  });

  test("a day ends where the next begins: 23, 24 or 25 hours later", () => {
    const hours = (zone: string, day: string) =>
      (endOfDay(zone, day).getTime() - instantAt(zone, day, 0).getTime()) / 3_600_000;
    expect(hours("Europe/Berlin", "2026-03-29")).toBe(23);
    expect(hours("Europe/Berlin", "2026-10-25")).toBe(25);
    expect(hours("Asia/Kathmandu", "2026-03-29")).toBe(24);
  });

  test("day and instant agree in every zone, all year round", () => {
    for (const zone of [
      "Pacific/Pago_Pago",
      "America/St_Johns",
      "Europe/Berlin",
      "Asia/Kathmandu",
      "Pacific/Chatham",
      "Pacific/Kiritimati",
    ])
      for (let n = 0; n < 366; n++) {
        const day = addDays("2026-01-01", n);
        expect([zone, dayIn(zone, instantAt(zone, day, 12))]).toEqual([zone, day]);
      }
  });
});

describe("days", () => {
  test.each([
    ["2026-12-31", 1, "2027-01-01"],
    ["2028-02-28", 1, "2028-02-29"],
    ["2026-02-28", 1, "2026-03-01"],
    ["2026-03-01", -1, "2026-02-28"],
    ["2026-03-29", 0, "2026-03-29"],
    ["2026-01-31", 31, "2026-03-03"],
  ])("%s %i days later is %s", (day, days, expected) => {
    expect(addDays(day, days)).toBe(expected);
  });

  test("weekdays count from Sunday", () => {
    expect(["2026-11-22", "2026-11-23", "2026-11-28"].map(weekday)).toEqual([0, 1, 6]);
  });
});

describe("zones", () => {
  test.each(["UTC", "Asia/Kathmandu", "America/Argentina/Buenos_Aires", "Etc/GMT+12", "europe/berlin"])(
    "%s is one",
    (zone) => {
      expect(isZone(zone)).toBe(true);
      expect(isZone(zone)).toBe(true);
    },
  );

  test.each(["", "+05:45", "-03:00", "Mars/Olympus", "Europe/Berlin ", "Europe\u0000/Berlin", "__proto__", "null"])(
    "“%s” is none",
    (zone) => {
      expect(isZone(zone)).toBe(false);
    },
  );

  test("is one however it is spelled: nothing more is kept for another spelling", () => {
    const made = vi.spyOn(Intl, "DateTimeFormat");
    const winter = new Date("2026-11-20T23:30:00Z");
    for (const zone of ["Asia/Kolkata", "asia/kolkata", "ASIA/KOLKATA", "aSiA/kOlKaTa"]) {
      expect(dayIn(zone, winter)).toBe("2026-11-21");
      expect(instantAt(zone, "2026-11-21", 5).toISOString()).toBe("2026-11-20T23:30:00.000Z");
    }
    // One for the days, and what the library makes for one name.
    expect(made.mock.calls.length).toBeLessThanOrEqual(2);
    made.mockRestore();
  });

  test("any number of inventions is answered, and known ones stay known", () => {
    for (let n = 0; n < 2100; n++) expect(isZone(`Invented/Zone${n}`)).toBe(false);
    expect(isZone("Asia/Tokyo")).toBe(true);
  });
});
