import { describe, expect, test } from "vitest";
import { commonPasswords } from "./blocklist.ts";
import { messages } from "./messages.ts";
import { passwordProblem } from "./policy.ts";

const person = ["ada.lovelace@example.com", "Ada Lovelace"];
const { passwordCommon, passwordContext, passwordPattern } = messages.fields;

describe("which new passwords are refused (design §8, security ID-03)", () => {
  test("the bundled list has at least a thousand entries", () => {
    expect(commonPasswords.size).toBeGreaterThan(1000);
  });

  test.each([
    "Password1234!",
    "password1234",
    "P@ssw0rd1234",
    "p4ssw0rd!!!!",
    "passwordpassword",
    "Welcome2026!!",
    "ILoveYou123456",
    "letmein-letmein",
    "Sunshine-2026-",
    "dragonmonkey99",
    "ＰＡＳＳＷＯＲＤ１２３４",
    "contraseña1234",
    "correcthorsebatterystaple",
    "iloveyou-forever",
  ])("common: %s", (password) => {
    expect(passwordProblem(password, person)).toBe(passwordCommon);
  });

  test.each([
    "aaaaaaaaaaaa",
    "123456789012",
    "abababababab",
    "qwertyuiopas",
    "abcdefghijklmno",
    "0987654321098",
    "            ",
  ])("pattern: %j", (password) => {
    expect(passwordProblem(password, person)).toBe(passwordPattern);
  });

  test.each(["mindflow-2026", "M1ndFl0w!2026", "AdaLovelace1815", "ada.lovelace!", "lovelace-ada-99"])(
    "context: %s",
    (password) => {
      expect(passwordProblem(password, person)).toBe(passwordContext);
    },
  );

  test.each([
    "violet harbour seven lamps",
    "Ada likes tea at half past four",
    "mindflow keeps my harbour lamps",
    "пятница над гаванью",
    "🦊 over 🌉 at dawn 🌅🌅",
    "x7#Lq9!vTz2m",
    "purple-teapot-umbrella-91",
    "密码不是这个而是那个句子长一点",
  ])("accepted: %s", (password) => {
    expect(passwordProblem(password, person)).toBeNull();
  });

  test("a short or empty name does not forbid anything by itself", () => {
    expect(passwordProblem("violet harbour seven", ["a@example.com", "Al"])).toBeNull();
    expect(passwordProblem("violet harbour seven", [])).toBeNull();
  });
});
