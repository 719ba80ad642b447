import { TRPCClientError } from "@trpc/client";
import { expect, test } from "vitest";
import { messages } from "../messages.ts";
import { failureOf } from "./failure.ts";

const refusal = (appCode: string, message: string, details: { field: string; message: string }[] = []) =>
  new TRPCClientError(message, {
    result: {
      error: {
        message,
        code: -32600,
        data: { code: "BAD_REQUEST", httpStatus: 422, appCode, details, requestId: "r" },
      },
    },
  });

test("a refusal keeps its sentence, its code and what was wrong by field", () => {
  expect(
    failureOf(
      refusal("VALIDATION_ERROR", "Some fields need attention.", [{ field: "title", message: "Is too long." }]),
    ),
  ).toEqual({
    text: "Some fields need attention.",
    code: "VALIDATION_ERROR",
    isLost: false,
    fields: { title: "Is too long." },
  });
});

test("whoever is signed out is told so", () => {
  expect(failureOf(refusal("AUTH_REQUIRED", "Sign in first")).text).toBe(messages.failed.session);
});

test("no answer at all is a lost connection, whatever was thrown", () => {
  const lost = { text: messages.failed.connection, code: "", isLost: true, fields: {} };
  expect(failureOf(new TRPCClientError("fetch failed"))).toEqual(lost);
  expect(failureOf("?")).toEqual(lost);
});
