import { describe, expect, test } from "vitest";
import {
  ago,
  duration,
  longDay,
  midSentence,
  pickLocale,
  points,
  relativeDay,
  relativeInstant,
  shortDay,
  timeOfDay,
  type Where,
} from "./format.ts";

// Friday 20 November 2026, 09:12 in Kathmandu.
const where: Where = { locale: "en-GB", zone: "Asia/Kathmandu", now: Date.parse("2026-11-20T03:27:00Z") };

test.each([
  ["2026-11-20", "Today"],
  ["2026-11-19", "Yesterday"],
  ["2026-11-21", "Tomorrow"],
  ["2026-11-23", "Monday"],
  ["2026-11-26", "Thursday"],
  ["2026-11-27", "27 Nov"],
  ["2026-11-18", "18 Nov"],
  ["2027-01-04", "4 Jan 2027"],
])("%s is %s", (day, words) => {
  expect(relativeDay(day, where)).toBe(words);
});

test("a day with its weekday, short and long", () => {
  expect(shortDay("2026-11-24", where, true)).toBe("Tue 24 Nov");
  expect(longDay("2026-11-20", where)).toBe("Friday 20 November");
  expect(longDay("2026-11-20", { ...where, locale: "en-US" })).toBe("Friday November 20");
});

test("a time is the person's own: zone and clock", () => {
  expect(timeOfDay("2026-11-20T11:15:00Z", where)).toBe("17:00");
  expect(timeOfDay("2026-11-20T11:15:00Z", { ...where, locale: "en-US" }).replace(/\s/u, " ")).toBe("5:00 PM");
});

test("an instant says its day unless it is today and short is asked for", () => {
  expect(relativeInstant("2026-11-20T11:15:00Z", where)).toBe("Today 17:00");
  expect(relativeInstant("2026-11-20T11:15:00Z", where, true)).toBe("17:00");
  expect(relativeInstant("2026-11-20T18:30:00Z", where, true)).toBe("Tomorrow 00:15");
});

test("inside a sentence only our own words are small", () => {
  expect(midSentence("Tomorrow 09:00")).toBe("tomorrow 09:00");
  expect(midSentence("Monday 09:00")).toBe("Monday 09:00");
});

test.each([
  [0.4, "just now"],
  [8, "8 min ago"],
  [59.9, "59 min ago"],
  [60, "1 h ago"],
  [11 * 60, "11 h ago"],
  [24 * 60, "Yesterday 09:12"],
])("%d minutes ago", (minutes, words) => {
  expect(ago(new Date(where.now - minutes * 60_000).toISOString(), where)).toBe(words);
});

test.each([
  [5, "5 min"],
  [60, "1 h"],
  [90, "1 h 30"],
  [480, "8 h"],
])("%d minutes of work", (minutes, words) => {
  expect(duration(minutes)).toBe(words);
});

test("points always have one decimal", () => {
  expect([40, 27.3, 0].map(points)).toEqual(["40.0", "27.3", "0.0"]);
});

describe("the locale of an Accept-Language header", () => {
  test.each([
    ["en-US,en;q=0.9", "en-US"],
    ["en-au", "en-AU"],
    ["de-DE,de;q=0.9,en-US;q=0.8", "en-GB"],
    ["en,fr", "en-GB"],
    ["", "en-GB"],
    [null, "en-GB"],
    ["en-XX-evil;q=1", "en-GB"],
  ])("%s gives %s", (header, locale) => {
    expect(pickLocale(header)).toBe(locale);
  });
});
