import type { Page } from "@playwright/test";
import { test as base, expect, query } from "./fixtures.ts";
import { type App, askFor, Listener } from "./oauth.ts";

// The consent page's parts by role and name, an app that asks, and what came of it.

type Ask = (wish?: { name?: string; scope?: string; redirectUri?: string; clientId?: string }) => Promise<App>;

export const test = base.extend<{ listener: Listener; ask: Ask }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what is needed here.
  listener: async ({}, use) => {
    const listener = await Listener.start();
    await use(listener);
    await listener.stop();
  },
  /** Makes the address that an app opens in the person's browser. */
  ask: async ({ baseURL, listener }, use) =>
    use((wish) => askFor(baseURL ?? "", { redirectUri: listener.redirectUri, ...wish })),
});

export const all = "tasks:read tasks:write tasks:delete notifications:read openid profile email offline_access";
export const over = "This request is over";

export const allow = (page: Page) => page.getByRole("button", { name: "Allow" });
export const cancel = (page: Page) => page.getByRole("button", { name: "Cancel" });
export const preset = (page: Page, name: string) => page.getByRole("radio", { name: new RegExp(`^${name}`) });
export const lifetime = (page: Page, name: string) => page.getByRole("radio", { name, exact: true });
export const toggle = (page: Page, name: string) => page.getByRole("switch", { name, exact: true });
/** What can be read of the sentence beside the two answers; every form it can take is in the page. */
export const says = (page: Page, words: string | RegExp) =>
  expect(page.getByRole("contentinfo").locator("p")).toContainText(words, { useInnerText: true });
export const uidOf = (page: Page) => new URL(page.url()).pathname.split("/").at(-1) ?? "";

type Grant = { scopes: string[]; days: number | null; ended_at: Date | null };
export const grantsOf = (userId: string) =>
  query<Grant>(
    `SELECT scopes, ended_at, round(extract(epoch FROM expires_at - created_at) / 86400.0, 3)::float8 AS days
     FROM grants WHERE user_id = $1 ORDER BY created_at`,
    [userId],
  );

/** What the page would send, for a post by hand. */
export const fieldsOf = async (page: Page): Promise<Record<string, string>> => ({
  binding: await page.locator('input[name="binding"]').inputValue(),
  decision: "allow",
  preset: "help",
  lifetime: "month",
});
