import { NextRequest } from "next/server";
import { expect, test } from "vitest";
import { applySettings } from "#testing/settings.ts";

applySettings({ APP_URL: "https://tasks.example" });
const { answerPage } = await import("./proxy.ts");

const policyOf = (formTarget: string) => {
  const request = new NextRequest("https://tasks.example/oauth/consent/x", { headers: { host: "tasks.example" } });
  return answerPage(request, formTarget).headers.get("content-security-policy") ?? "";
};

test("over https everything plain is upgraded, but not the way back to a program on this computer", () => {
  for (const target of ["", "https://claude.ai", "cursor:"])
    expect(policyOf(target)).toMatch(/; upgrade-insecure-requests$/);
  for (const target of ["http://127.0.0.1:4321", "http://localhost:4321", "http:"]) {
    expect(policyOf(target)).not.toContain("upgrade-insecure-requests");
    expect(policyOf(target)).toContain(`form-action 'self' ${target};`);
  }
});
