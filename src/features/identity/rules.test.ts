import { expect, test } from "vitest";
import { deviceName, passwordStrength, placeName } from "./rules.ts";

const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

test.each([
  [chrome, "Chrome on Linux"],
  [`${chrome} Edg/140.0.0.0`, "Edge on Linux"],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Windows"],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
    "Safari on iOS",
  ],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
    "Safari on macOS",
  ],
  ["curl/8.5.0", "curl"],
  ["<script>alert(1)</script>", "an unknown device"],
  [null, "an unknown device"],
])("a device is named, never quoted: %s", (userAgent, name) => {
  expect(deviceName(userAgent)).toBe(name);
});

test("a place is a device and, where known, an address", () => {
  expect(placeName(chrome, "203.0.113.7")).toBe("Chrome on Linux at 203.0.113.7");
  expect(placeName(chrome, null)).toBe("Chrome on Linux");
});

test("strength is said in words and never falls when a password grows by new characters", () => {
  expect(passwordStrength("short").words).toBe("7 more characters needed");
  expect(passwordStrength("elevenchars").words).toBe("1 more character needed");
  expect(passwordStrength("aaaaaaaaaaaaaaaa").level).toBe(1);
  expect(passwordStrength("violet lamps").level).toBe(2);
  expect(passwordStrength("violet lamps and tea").level).toBe(4);
  expect(passwordStrength("violet lamps tea").level).toBe(3);
  const phrase = "violet harbour seven lamps";
  const levels = [...phrase].map((_, at) => passwordStrength(phrase.slice(0, at + 1)).level);
  expect(levels).toEqual([...levels].sort((a, b) => a - b));
});
