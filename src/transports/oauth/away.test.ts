import pg from "pg";
import { expect, test } from "vitest";
import { env } from "#core/env.ts";
import { postJson } from "#testing/loopback.ts";
import {
  authorizePath,
  callWith,
  connect,
  exchange,
  newPkce,
  obtainCode,
  refresh,
  register,
  requestOf,
  tokensOf,
} from "#testing/oauth.ts";
import { applySettings } from "#testing/settings.ts";

applySettings({ STATEMENT_TIMEOUT_SECONDS: "1" });

/** As long as `work` runs, nobody gets at this table. */
async function locked<T>(table: string, work: () => Promise<T>): Promise<T> {
  const holder = new pg.Client(env().DATABASE_URL);
  await holder.connect();
  await holder.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  try {
    return await work();
  } finally {
    await holder.query("ROLLBACK");
    await holder.end();
  }
}

// `invalid_grant` would make an assistant forget its connection, and a person would have to approve it again.
test.each(["oauth_records", "grants", "signing_keys", "users", "rate_limits"])(
  "while %s cannot be reached, everybody is asked to come again, and nothing is lost",
  async (table) => {
    const { browser, client, tokens } = await connect();
    const code = await obtainCode(browser, client);
    const answers = await locked(table, () =>
      Promise.all([
        refresh(client, tokens.refresh_token),
        exchange(code),
        browser.get(authorizePath(requestOf(client, newPkce())), { Accept: "text/html" }),
        postJson("/oauth/register", { redirect_uris: client.redirect_uris }),
      ]),
    );
    const { 2: page } = answers;
    if (page && page.status >= 400) expect(await page.text()).toContain("The database does not answer.");
    for (const answer of answers.filter(({ status }) => status >= 400)) {
      expect([table, answer.status]).toEqual([table, 503]);
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(answer.headers.get("location")).toBeNull();
    }
    expect(answers.slice(0, 2).map(({ status }) => status)).toEqual([503, 503]);
    const renewed = await tokensOf(await refresh(client, tokens.refresh_token));
    expect(await callWith(renewed.access_token)).toBe(200);
    await tokensOf(await exchange(code));
    expect((await register()).client_id).toBeTruthy();
  },
);
