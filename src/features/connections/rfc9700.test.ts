import { describe, expect, test } from "vitest";
import { newId } from "#core/id.ts";
import { makePerson } from "#testing/factories.ts";
import {
  browserOf,
  type Connection,
  callWith,
  claimsOf,
  connect,
  exchange,
  newBrowser,
  obtainCode,
  refresh,
  refusalOf,
  register,
  tokensOf,
} from "#testing/oauth.ts";
import { run } from "#testing/rows.ts";
import { adapter } from "./adapter.ts";

const [browser, client] = [await newBrowser(), await register()];

const statusesOf = (answers: Response[]) => answers.map(({ status }) => status);
const invalidGrant = [400, "invalid_grant"];

/** How the connection stands, and what its person was told of it. */
async function standing(grantId: string) {
  const [grant] = await run<{ endedBy: string | null }>(`SELECT ended_by AS "endedBy" FROM grants WHERE id = $1`, [
    grantId,
  ]);
  const [{ n: told } = { n: 0 }] = await run<{ n: number }>(
    `SELECT count(*)::int AS n FROM notifications WHERE type = 'ASSISTANT_TOKEN_REUSED' AND user_id = (SELECT user_id FROM grants WHERE id = $1)`,
    [grantId],
  );
  const [{ n: left } = { n: 0 }] = await run<{ n: number }>(
    `SELECT count(*)::int AS n FROM oauth_records WHERE grant_id = $1`,
    [grantId],
  );
  return { endedBy: grant?.endedBy ?? null, told, left };
}

describe("a code (§2.1.1, §4.5)", () => {
  test("counts once: the second time is refused, and what the first brought ends with it (security OA-06)", async () => {
    const own = await newBrowser();
    const code = await obtainCode(own, client);
    const tokens = await tokensOf(await exchange(code));
    expect(await callWith(tokens.access_token)).toBe(200);
    expect(await refusalOf(await exchange(code))).toEqual(invalidGrant);
    expect(await callWith(tokens.access_token)).toBe(401);
    expect(await refusalOf(await refresh(client, tokens.refresh_token))).toEqual(invalidGrant);
    expect(await standing(claimsOf(tokens.access_token).gid)).toEqual({ endedBy: "reuse", told: 1, left: 0 });
  });

  test("of forty at the same time at most one gets tokens, and no answer is a fault (security OA-06)", async () => {
    const code = await obtainCode(browser, client);
    const answers = await Promise.all(Array.from({ length: 40 }, () => exchange(code)));
    expect(statusesOf(answers).filter((status) => status === 200).length).toBeLessThanOrEqual(1);
    expect(statusesOf(answers).filter((status) => status !== 200 && status !== 400)).toEqual([]);
    for (const answer of answers.filter(({ status }) => status === 400))
      expect(await refusalOf(answer)).toEqual(invalidGrant);
    // Whoever has a copy has tried: nothing of it lives on.
    for (const answer of answers.filter(({ status }) => status === 200))
      expect(await callWith((await tokensOf(answer)).access_token)).toBe(401);
  });

  test("is used up in one statement, whoever looked at it before", async () => {
    const records = adapter("AuthorizationCode");
    const ids = Array.from({ length: 5 }, () => newId());
    for (const id of ids) await records.upsert(id, { clientId: client.client_id, kind: "AuthorizationCode" }, 60);
    for (const id of ids) {
      const seen = await Promise.all(Array.from({ length: 20 }, () => records.find(id)));
      expect(seen.filter((one) => one?.consumed)).toEqual([]);
      const settled = await Promise.allSettled(seen.map(() => records.consume(id)));
      expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    }
  });

  test("runs out after a minute (security OA-07)", async () => {
    const code = await obtainCode(browser, client);
    const age = (seconds: number) =>
      run(
        `UPDATE oauth_records SET expires_at = expires_at - $2 * interval '1 second',
          payload = jsonb_set(payload, '{exp}', to_jsonb((payload->>'exp')::int - $2))
        WHERE model = 'AuthorizationCode' AND user_id = $1 AND consumed_at IS NULL`,
        [browser.person.id, seconds],
      );
    await age(61);
    expect(await refusalOf(await exchange(code))).toEqual(invalidGrant);
    await age(-61);
    const [row] = await run<{ seconds: number }>(
      `SELECT extract(epoch FROM expires_at - created_at)::int AS seconds FROM oauth_records
      WHERE model = 'AuthorizationCode' AND user_id = $1 AND consumed_at IS NULL`,
      [browser.person.id],
    );
    expect(row?.seconds).toBe(60);
    await tokensOf(await exchange(code));
  });

  test("is good for the client and the redirect it was given to only (security OA-07)", async () => {
    const thief = await register();
    const code = await obtainCode(browser, client);
    expect(await refusalOf(await exchange(code, { client_id: thief.client_id }))).toEqual(invalidGrant);
    for (const redirect_uri of [
      "https://app.example/callback/",
      "https://app.example/callback?x",
      "https://APP.example/callback",
      "https://evil.example/",
    ])
      expect(await refusalOf(await exchange(code, { redirect_uri }))).toEqual(invalidGrant);
    for (const wrong of [code.code.slice(1), `${code.code}x`, code.code.toLowerCase(), ` ${code.code}`])
      expect(await refusalOf(await exchange(code, { code: wrong }))).toEqual(invalidGrant);
    // Somebody else's attempts take nothing from the one it is for.
    await tokensOf(await exchange(code));
  });

  test("of a person who was banned, deleted or changed the password meanwhile brings nothing (security ID-13)", async () => {
    for (const change of [
      "banned_until = now() + interval '1 day'",
      "deleted_at = now()",
      "credentials_changed_at = now()",
    ]) {
      const own = await newBrowser();
      const code = await obtainCode(own, client);
      await run(`UPDATE users SET ${change} WHERE id = $1`, [own.person.id]);
      expect([change, await refusalOf(await exchange(code))]).toEqual([change, invalidGrant]);
    }
  });
});

describe("a renewal token (§4.14)", () => {
  test("is replaced at every use, and is not the same twice", async () => {
    const { tokens } = await connect({ browser, client });
    const seen = [tokens.refresh_token];
    for (let n = 0; n < 5; n++) {
      const renewed = await tokensOf(await refresh(client, seen.at(-1) ?? ""));
      expect(seen).not.toContain(renewed.refresh_token);
      expect(renewed).toMatchObject({ scope: "tasks:read tasks:write", expires_in: 3600, token_type: "Bearer" });
      expect(await callWith(renewed.access_token)).toBe(200);
      seen.push(renewed.refresh_token);
    }
  });

  test("within a minute of its use gives a sibling of the same connection: an answer may be lost (design §12)", async () => {
    const { tokens, grantId } = await connect({ client });
    const first = await tokensOf(await refresh(client, tokens.refresh_token));
    const second = await tokensOf(await refresh(client, tokens.refresh_token));
    expect(second.refresh_token).not.toBe(first.refresh_token);
    for (const { access_token, refresh_token } of [first, second]) {
      expect(claimsOf(access_token).gid).toBe(grantId);
      await tokensOf(await refresh(client, refresh_token));
    }
    expect(await standing(grantId)).toMatchObject({ endedBy: null, told: 0 });
  });

  test("at the same moment from many places: nobody is thrown out, no answer is a fault", async () => {
    const { tokens, grantId } = await connect({ client });
    const answers = await Promise.all(Array.from({ length: 40 }, () => refresh(client, tokens.refresh_token)));
    // Twenty in a minute are what one connection may ask for (design §12).
    expect(statusesOf(answers).filter((status) => status === 200).length).toBeGreaterThanOrEqual(20);
    expect(statusesOf(answers).filter((status) => status !== 200 && status !== 429)).toEqual([]);
    const good = await Promise.all(answers.filter(({ status }) => status === 200).map(tokensOf));
    for (const { access_token } of good) expect(await callWith(access_token)).toBe(200);
    expect(new Set(good.map(({ refresh_token }) => refresh_token)).size).toBe(good.length);
    expect(await standing(grantId)).toMatchObject({ endedBy: null, told: 0 });
  });

  /** As if the first use of every token of this connection had been longer ago than the grace. */
  const pastGrace = (grantId: string) =>
    run(
      "UPDATE oauth_records SET consumed_at = consumed_at - interval '61 seconds' WHERE grant_id = $1 AND model = 'RefreshToken'",
      [grantId],
    );

  test("after that minute ends everything it led to, and the person is told once (security OA-12)", async () => {
    const { tokens, grantId } = await connect({ client });
    const next = await tokensOf(await refresh(client, tokens.refresh_token));
    const last = await tokensOf(await refresh(client, next.refresh_token));
    await pastGrace(grantId);
    expect(await refusalOf(await refresh(client, tokens.refresh_token))).toEqual(invalidGrant);
    for (const { access_token, refresh_token } of [tokens, next, last]) {
      expect(await callWith(access_token)).toBe(401);
      expect(await refusalOf(await refresh(client, refresh_token))).toEqual(invalidGrant);
    }
    expect(await standing(grantId)).toEqual({ endedBy: "reuse", told: 1, left: 0 });
  });

  test("many times at once after that minute: all refused, told once", async () => {
    const { tokens, grantId } = await connect({ client });
    await tokensOf(await refresh(client, tokens.refresh_token));
    await pastGrace(grantId);
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(client, tokens.refresh_token)));
    expect(statusesOf(answers)).toEqual(Array.from({ length: 20 }, () => 400));
    expect(await standing(grantId)).toEqual({ endedBy: "reuse", told: 1, left: 0 });
  });

  test("the grace runs from the first use: using it again does not draw it out", async () => {
    const { tokens, grantId } = await connect({ client });
    await tokensOf(await refresh(client, tokens.refresh_token));
    await run(
      "UPDATE oauth_records SET consumed_at = consumed_at - interval '50 seconds' WHERE grant_id = $1 AND consumed_at IS NOT NULL",
      [grantId],
    );
    await tokensOf(await refresh(client, tokens.refresh_token));
    await run(
      "UPDATE oauth_records SET consumed_at = consumed_at - interval '11 seconds' WHERE grant_id = $1 AND consumed_at IS NOT NULL",
      [grantId],
    );
    expect(await refusalOf(await refresh(client, tokens.refresh_token))).toEqual(invalidGrant);
    expect(await standing(grantId)).toMatchObject({ endedBy: "reuse" });
  });

  test("another person's connection to the same client is not touched by it", async () => {
    const [hit, spared] = [await connect({ client }), await connect({ client })];
    await tokensOf(await refresh(client, hit.tokens.refresh_token));
    await pastGrace(hit.grantId);
    await refresh(client, hit.tokens.refresh_token);
    expect(await callWith(spared.tokens.access_token)).toBe(200);
    await tokensOf(await refresh(client, spared.tokens.refresh_token));
  });

  test("may be asked for less, never for more, and less is for that answer only (security OA-13)", async () => {
    const { tokens } = await connect({ browser, client, scope: "tasks:read tasks:write" });
    for (const scope of [
      "tasks:delete",
      "tasks:read tasks:write tasks:delete",
      "notifications:read",
      "openid",
      "admin",
      "x",
    ])
      expect([scope, await refusalOf(await refresh(client, tokens.refresh_token, { scope }))]).toEqual([
        scope,
        [400, "invalid_scope"],
      ]);
    const less = await tokensOf(await refresh(client, tokens.refresh_token, { scope: "tasks:read" }));
    expect([less.scope, claimsOf(less.access_token).scope]).toEqual(["tasks:read", "tasks:read"]);
    const whole = await tokensOf(await refresh(client, less.refresh_token));
    expect(whole.scope).toBe("tasks:read tasks:write");
  });

  test("what the person took away is not in the next token (design §9)", async () => {
    const { tokens, grantId } = await connect({ browser, client });
    await run("UPDATE grants SET scopes = '{tasks:read}' WHERE id = $1", [grantId]);
    const renewed = await tokensOf(await refresh(client, tokens.refresh_token));
    expect([renewed.scope, claimsOf(renewed.access_token).scope]).toEqual(["tasks:read", "tasks:read"]);
  });

  test("is good for its own client only, and another's attempt spends nothing (requirements M-38)", async () => {
    const thief = await register();
    const { tokens, grantId } = await connect({ browser, client });
    expect(await refusalOf(await refresh(thief, tokens.refresh_token))).toEqual(invalidGrant);
    expect(await standing(grantId)).toMatchObject({ endedBy: null });
    await tokensOf(await refresh(client, tokens.refresh_token));
  });

  test("an access token, a code or part of a token is none (security OA-14)", async () => {
    const { tokens } = await connect({ browser, client });
    const { code } = await obtainCode(browser, client);
    for (const wrong of [tokens.access_token, code, tokens.refresh_token.slice(1), `${tokens.refresh_token}x`])
      expect(await refusalOf(await refresh(client, wrong))).toEqual(invalidGrant);
  });

  const endings: [string, (connection: Connection) => Promise<unknown>][] = [
    [
      "disconnected",
      ({ grantId }) => run("UPDATE grants SET ended_at = now(), ended_by = 'person' WHERE id = $1", [grantId]),
    ],
    [
      "run out",
      ({ grantId }) => run("UPDATE grants SET expires_at = now() - interval '1 second' WHERE id = $1", [grantId]),
    ],
    [
      "of a banned person",
      ({ browser: { person } }) =>
        run("UPDATE users SET banned_until = now() + interval '1 day' WHERE id = $1", [person.id]),
    ],
    [
      "of a deleted person",
      ({ browser: { person } }) => run("UPDATE users SET deleted_at = now() WHERE id = $1", [person.id]),
    ],
    [
      "from before a change of password",
      ({ browser: { person } }) => run("UPDATE users SET credentials_changed_at = now() WHERE id = $1", [person.id]),
    ],
    ["of a person whose row is gone", ({ browser: { person } }) => run("DELETE FROM users WHERE id = $1", [person.id])],
  ];
  test.each(endings)(
    "of a connection %s brings nothing, nor does the access token (requirements +06)",
    async (_, end) => {
      const connection = await connect({ client });
      const { tokens } = connection;
      expect(await callWith(tokens.access_token)).toBe(200);
      await end(connection);
      expect(await callWith(tokens.access_token)).toBe(401);
      expect(await refusalOf(await refresh(client, tokens.refresh_token))).toEqual(invalidGrant);
      expect(await callWith(tokens.access_token)).toBe(401);
    },
  );

  test("a ban that is over was no end", async () => {
    const person = await makePerson();
    const { tokens } = await connect({ client, browser: await browserOf(person) });
    await run("UPDATE users SET banned_until = now() - interval '1 second' WHERE id = $1", [person.id]);
    expect(await callWith(tokens.access_token)).toBe(200);
    await tokensOf(await refresh(client, tokens.refresh_token));
  });

  test("lives no longer than the person chose; without that, 90 days of disuse (design §9)", async () => {
    const seconds = async (lifetime: "hour" | "quarter" | "open") => {
      const { grantId, tokens } = await connect({ browser, client, choice: { lifetime } });
      await tokensOf(await refresh(client, tokens.refresh_token));
      return await run<{ hours: number }>(
        "SELECT round(extract(epoch FROM expires_at - created_at) / 3600)::int AS hours FROM oauth_records WHERE grant_id = $1 AND model = 'RefreshToken'",
        [grantId],
      );
    };
    expect(await seconds("hour")).toEqual([{ hours: 1 }, { hours: 1 }]);
    expect(await seconds("open")).toEqual([{ hours: 2160 }, { hours: 2160 }]);
    expect(await seconds("quarter")).toEqual([{ hours: 2160 }, { hours: 2160 }]);
  });

  test("twenty in a minute for one connection, then it waits and nothing is lost (design §12)", async () => {
    const { tokens, grantId } = await connect({ client });
    let token = tokens.refresh_token;
    let renewed = 0;
    let answer = await refresh(client, token);
    for (; answer.status === 200 && renewed < 30; renewed++) {
      token = (await tokensOf(answer)).refresh_token;
      answer = await refresh(client, token);
    }
    expect([20, 21, 22]).toContain(renewed);
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await answer.json()).toMatchObject({ error: "temporarily_unavailable" });
    await run("DELETE FROM rate_limits WHERE key LIKE 'refreshByGrant:%'");
    await tokensOf(await refresh(client, token));
    expect(await standing(grantId)).toMatchObject({ endedBy: null });
  });
});
