import { expect, test } from "vitest";
import { send } from "#testing/loopback.ts";
import {
  authorizePath,
  callWith,
  claimsOf,
  connect,
  discover,
  newBrowser,
  newPkce,
  register,
  requestOf,
} from "#testing/oauth.ts";
import { applySettings } from "#testing/settings.ts";

// As it is served to the world: by https through a proxy that ends TLS, under a name of its own.
applySettings({ APP_URL: "https://mindflow.example" });

test("everything is said with the name that was configured", async () => {
  const server = await discover();
  for (const value of Object.values(server))
    if (typeof value === "string" && value.includes("://")) expect(value).toMatch(/^https:\/\/mindflow\.example(\/|$)/);
  const { tokens, client } = await connect();
  expect(claimsOf(tokens.access_token)).toMatchObject({
    iss: "https://mindflow.example",
    aud: "https://mindflow.example/mcp",
    client_id: client.client_id,
  });
  expect(await callWith(tokens.access_token)).toBe(200);
  const challenge = (await send("/api/v1/tasks")).headers.get("www-authenticate");
  expect(challenge).toContain('"https://mindflow.example/.well-known/oauth-protected-resource/mcp"');
});

test("the cookies of a request travel by https, to this part of the server only, and no script reads them", async () => {
  const browser = await newBrowser();
  const answer = await browser.get(authorizePath(requestOf(await register(), newPkce())));
  const cookies = answer.headers.getSetCookie();
  expect(cookies.length).toBeGreaterThan(2);
  for (const cookie of cookies) {
    expect(cookie).toMatch(/; path=\/oauth(\/|;|$)/i);
    expect(cookie).toMatch(/; secure(;|$)/i);
    expect(cookie).toMatch(/; httponly(;|$)/i);
    expect(cookie).toMatch(/; samesite=lax(;|$)/i);
  }
});
