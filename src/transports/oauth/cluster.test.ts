import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { prisma } from "#core/db.ts";
import { rotateSigningKey } from "#features/connections/keys.ts";
import {
  type Asking,
  answer,
  approve,
  asking,
  type Registration,
  redeem,
  refresh,
  register,
  statusAt,
  type TokenAnswer,
} from "#testing/assistant-client.ts";
import { accessTokenOf, makeGrant } from "#testing/assistants.ts";
import { signedIn } from "#testing/browser.ts";
import { type Cluster, startCluster } from "#testing/cluster.ts";
import { makePerson, type Person } from "#testing/factories.ts";
import { formOn, Visitor } from "#testing/visitor.ts";

// Approving, codes and tokens over two processes that share nothing but the database (issue 3, point 7; security OA-06, OA-12,
// OA-14, OA-16, OA-17).

const redirectUri = "http://127.0.0.1:41234/callback";
const doors = ["rest", "mcp"] as const;
let cluster: Cluster;
let client: Registration;
let [a, b]: [string, string] = ["", ""];

beforeAll(async () => {
  // Every request says where it comes from, so that limits by address stay out of what is tested here.
  cluster = await startCluster({ TRUSTED_PROXY_HOPS: "1" });
  // By the name that pages are asked for; under 127.0.0.1 they would answer with a redirect (src/proxy.ts).
  const named = ({ url }: { url: string }) => url.replace("127.0.0.1", "localhost");
  [a, b] = [named(cluster.servers[0]), named(cluster.servers[1])];
  client = await register(cluster.url);
});
afterAll(() => cluster?.stop());
beforeEach(() => prisma().rateLimit.deleteMany());

let addresses = 0;
const elsewhere = () => {
  const n = ++addresses;
  return { "x-forwarded-for": `198.51.${(n >> 8) & 255}.${n & 255}` };
};

const visit = async (person: Person, base = cluster.url) =>
  new Visitor(cluster.url, (await signedIn(person)).cookie, base);
const asked = (parameters: Record<string, string | null> = {}): Asking =>
  asking(client.client_id, redirectUri, `${cluster.url}/mcp`, parameters);
const exchange = (base: string, request: Asking, code: string, fields: Record<string, string> = {}) =>
  redeem(base, request, code, fields, elsewhere());
const renew = (base: string, token: string) => refresh(base, client.client_id, token, elsewhere());
const alternate = <T>(count: number, work: (base: string, n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => work(n % 2 ? b : a, n)));

type Connection = { person: Person; grantId: string; access: string; refresh: string };

async function connect(person?: Person, parameters: Record<string, string | null> = {}): Promise<Connection> {
  const who = person ?? (await makePerson());
  const request = asked(parameters);
  const { status, body } = await exchange(cluster.url, request, await approve(await visit(who), request));
  expect(status).toBe(200);
  const grant = await prisma().grant.findFirstOrThrow({ where: { userId: who.id }, orderBy: { createdAt: "desc" } });
  return {
    person: who,
    grantId: grant.id,
    access: String(body.access_token),
    refresh: String(body.refresh_token),
  };
}

/** What each door of each server gives this token. */
const everywhere = (bearer: string): Promise<number[]> =>
  Promise.all([a, b].flatMap((base) => doors.map((door) => statusAt(base, door, bearer))));
const onAll = (status: number) => Array.from({ length: 2 * doors.length }, () => status);
const endedBy = async ({ grantId }: Connection) =>
  (await prisma().grant.findUniqueOrThrow({ where: { id: grantId } })).endedBy;
const toldOf = ({ person }: Connection, type: "ASSISTANT_TOKEN_REUSED" | "ASSISTANT_CONNECTED") =>
  prisma().notification.count({ where: { userId: person.id, type } });
const statuses = (answers: readonly TokenAnswer[]) => answers.map(({ status }) => status);

describe("the consent page over two processes", () => {
  test("asked on one server, shown on the other, answered on the first, redeemed on the second", async () => {
    const person = await makePerson();
    const visitor = await visit(person, a);
    const request = asked();
    const page = await visitor.at(b).open(request.path);
    expect(page.url.pathname).toMatch(/^\/oauth\/consent\//);
    expect(page.text).toContain("Scripted Aide");
    const { outside } = await answer(visitor.at(a), page);
    expect(`${outside?.origin}${outside?.pathname}`).toBe(redirectUri);
    expect(outside?.searchParams.get("iss")).toBe(cluster.url);
    const { status, body } = await exchange(b, request, outside?.searchParams.get("code") ?? "");
    expect([status, body.scope]).toEqual([200, "tasks:read tasks:write"]);
    expect(await everywhere(String(body.access_token))).toEqual(onAll(200));
  });

  test("answered twenty times at once on both, one answer counts and makes one grant", async () => {
    const person = await makePerson();
    const visitor = await visit(person);
    const { text } = await visitor.open(asked().path);
    const { action, fields } = formOn({ text }, "consent");
    const answers = await alternate(20, (base, n) =>
      visitor.at(base).post(action, { ...fields, decision: n % 5 === 4 ? "cancel" : "allow" }, elsewhere()),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
    const isAllowed = answers.findIndex(({ status }) => status === 303) % 5 !== 4;
    expect(await prisma().grant.count({ where: { userId: person.id } })).toBe(isAllowed ? 1 : 0);
    expect(await prisma().notification.count({ where: { userId: person.id, type: "ASSISTANT_CONNECTED" } })).toBe(
      isAllowed ? 1 : 0,
    );
  });

  test("a refusal made on one server reaches the client as access_denied, and no grant exists", async () => {
    const person = await makePerson();
    const visitor = await visit(person, b);
    const request = asked();
    const { outside } = await answer(visitor.at(a), await visitor.open(request.path), "cancel");
    expect(Object.fromEntries(outside?.searchParams ?? [])).toMatchObject({
      error: "access_denied",
      state: request.state,
      iss: cluster.url,
    });
    expect(await prisma().grant.count({ where: { userId: person.id } })).toBe(0);
  });
});

describe("a code is good once, on whichever server", () => {
  test("forty exchanges at once bring at most one success, and what it brought ends (OA-06)", async () => {
    const person = await makePerson();
    const request = asked();
    const code = await approve(await visit(person), request);
    const answers = await alternate(40, (base) => exchange(base, request, code));
    const won = answers.filter(({ status }) => status === 200);
    expect(won.length).toBeLessThanOrEqual(1);
    for (const { status, body } of answers)
      if (status !== 200) expect([status, body.error]).toEqual([400, "invalid_grant"]);
    for (const { body } of won) {
      expect(await everywhere(String(body.access_token))).toEqual(onAll(401));
      expect(statuses(await alternate(2, (base) => renew(base, String(body.refresh_token))))).toEqual([400, 400]);
    }
    expect(await prisma().grant.findMany({ where: { userId: person.id }, select: { endedBy: true } })).toEqual([
      { endedBy: "reuse" },
    ]);
  });

  test("the same code on the other server is invalid_grant, and the first tokens die on both (OA-06)", async () => {
    const person = await makePerson();
    const request = asked();
    const code = await approve(await visit(person), request);
    const first = await exchange(a, request, code);
    expect(first.status).toBe(200);
    expect(await everywhere(String(first.body.access_token))).toEqual(onAll(200));
    const second = await exchange(b, request, code);
    expect([second.status, second.body.error]).toEqual([400, "invalid_grant"]);
    expect(await everywhere(String(first.body.access_token))).toEqual(onAll(401));
    expect((await renew(a, String(first.body.refresh_token))).body.error).toBe("invalid_grant");
  });
});

describe("renewal tokens rotate with a grace of a minute (OA-12 as design §12 reads it)", () => {
  /** As if this long had passed since every renewal token of the grant was first used. */
  const pass = ({ grantId }: Connection, seconds: number) =>
    prisma().$executeRaw`UPDATE oauth_records SET consumed_at = consumed_at - ${seconds} * interval '1 second'
      WHERE model = 'RefreshToken' AND grant_id = ${grantId}::uuid`;

  test("sixteen at once over both give sixteen siblings of one grant, all of them good", async () => {
    const connection = await connect();
    const answers = await alternate(16, (base) => renew(base, connection.refresh));
    expect(statuses(answers)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(16);
    expect(await prisma().grant.count({ where: { userId: connection.person.id, endedAt: null } })).toBe(1);
    for (const { body } of answers.slice(0, 2)) {
      expect(await everywhere(String(body.access_token))).toEqual(onAll(200));
    }
    expect(await toldOf(connection, "ASSISTANT_TOKEN_REUSED")).toBe(0);
  });

  test("at most twenty in a minute are looked at, counted over both; the others are told when to come back", async () => {
    const connection = await connect();
    const answers = await alternate(40, (base) => renew(base, connection.refresh));
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(20);
    for (const { status, body } of answers)
      if (status !== 200) expect([status, body.error]).toEqual([429, "temporarily_unavailable"]);
    expect(await everywhere(connection.access)).toEqual(onAll(200));
  });

  test("used again after the grace, the whole family ends on both, and the person is told once", async () => {
    const connection = await connect();
    const sibling = await renew(a, connection.refresh);
    const late = await renew(b, connection.refresh);
    expect(statuses([sibling, late])).toEqual([200, 200]);
    await pass(connection, 61);
    const reused = await alternate(10, (base) => renew(base, connection.refresh));
    expect(reused.map(({ status, body }) => [status, body.error])).toEqual(reused.map(() => [400, "invalid_grant"]));
    for (const token of [connection.access, sibling.body.access_token, late.body.access_token])
      expect(await everywhere(String(token))).toEqual(onAll(401));
    for (const { body } of [sibling, late])
      expect((await renew(b, String(body.refresh_token))).body.error).toBe("invalid_grant");
    expect(await endedBy(connection)).toBe("reuse");
    expect(await toldOf(connection, "ASSISTANT_TOKEN_REUSED")).toBe(1);
  });

  test("the grace counts from the first use: using it again within the minute does not lengthen it", async () => {
    const connection = await connect();
    await renew(a, connection.refresh);
    await pass(connection, 59);
    expect((await renew(b, connection.refresh)).status).toBe(200);
    await pass(connection, 2);
    expect((await renew(a, connection.refresh)).body.error).toBe("invalid_grant");
    expect(await endedBy(connection)).toBe("reuse");
  });
});

describe("a token is good only as what it is (OA-14)", () => {
  test("renewal tokens, codes, cookies and ids are nobody as bearer, at every door of both servers", async () => {
    const person = await makePerson();
    const request = asked();
    const visitor = await visit(person);
    const code = await approve(visitor, request);
    const session = await signedIn(person);
    const connection = await connect(person);
    const resetLike = "wq3sT8m0R5c2v9Xb1nZk7yLf4HdJgPaE6uVtQoSiDxM";
    const others = [code, connection.refresh, client.client_id, connection.grantId, session.sessionId, resetLike];
    for (const value of [...others, session.cookie.split("=")[1] ?? "", `mf_${resetLike}`])
      expect(await everywhere(value)).toEqual(onAll(401));
  });

  test("an access token renews nothing and is no code", async () => {
    const { access } = await connect();
    for (const base of [a, b]) {
      expect((await renew(base, access)).body.error).toBe("invalid_grant");
      expect((await exchange(base, asked(), access)).body.error).toBe("invalid_grant");
    }
    expect(await everywhere(access)).toEqual(onAll(200));
  });
});

describe("what ends a connection ends it at the next call, on the other server as well (OA-16)", () => {
  const giveBack = (base: string, value: string, clientId = client.client_id) =>
    fetch(`${base}/oauth/revoke`, { method: "POST", body: new URLSearchParams({ token: value, client_id: clientId }) });
  const act = async ({ person, grantId }: Connection, name: string, body: Record<string, unknown> = {}) => {
    const { cookie } = await signedIn(person);
    return fetch(`${a}/api/trpc/${name}`, {
      method: "POST",
      headers: { cookie, origin: cluster.url, "content-type": "application/json" },
      body: JSON.stringify({ id: grantId, ...body }),
    });
  };
  const change = ({ person }: Connection, data: Record<string, Date>) =>
    prisma().user.update({ where: { id: person.id }, data });
  const soon = () => new Date(Date.now() + 86_400_000);

  const ways: [string, (connection: Connection) => Promise<unknown>][] = [
    [
      "the client gives its access token back",
      async ({ access }) => expect((await giveBack(a, access)).status).toBe(200),
    ],
    [
      "the client gives its renewal token back",
      async (one) => expect((await giveBack(a, one.refresh)).status).toBe(200),
    ],
    ["the person disconnects it", async (one) => expect((await act(one, "assistants.disconnect")).status).toBe(200)],
    [
      "the person disconnects it and undoes its day",
      async (one) => expect((await act(one, "assistants.disconnectAndUndo")).status).toBe(200),
    ],
    ["the person is banned", (one) => change(one, { bannedUntil: soon() })],
    ["the person is deleted", (one) => change(one, { deletedAt: new Date() })],
    ["the person's credentials change", (one) => change(one, { credentialsChangedAt: new Date() })],
    [
      "the time that the person gave is over",
      ({ grantId }) => prisma().grant.update({ where: { id: grantId }, data: { expiresAt: new Date() } }),
    ],
  ];
  test.each(ways)("%s", async (_, end) => {
    const connection = await connect();
    expect(await everywhere(connection.access)).toEqual(onAll(200));
    await end(connection);
    expect(await everywhere(connection.access)).toEqual(onAll(401));
    const { status, body } = await renew(b, connection.refresh);
    expect([status, body.error]).toEqual([400, "invalid_grant"]);
  });

  test("what is not the client's own, or no token at all, is answered alike and ends nothing", async () => {
    const connection = await connect();
    const other = await register(cluster.url);
    for (const value of [connection.access, connection.refresh, "never-was-a-token"])
      expect((await giveBack(b, value, other.client_id)).status).toBe(200);
    expect(await everywhere(connection.access)).toEqual(onAll(200));
    expect((await renew(a, connection.refresh)).status).toBe(200);
  });

  test("disconnecting one leaves the same client's other connection alone", async () => {
    const first = await connect();
    const second = await connect(first.person);
    await act(first, "assistants.disconnect");
    expect(await everywhere(first.access)).toEqual(onAll(401));
    expect(await everywhere(second.access)).toEqual(onAll(200));
  });

  test("narrowing bites at the next call on the other server, for tokens that were given before", async () => {
    const connection = await connect();
    const write = async (base: string) => {
      const response = await fetch(`${base}/api/v1/tasks`, {
        method: "POST",
        headers: { authorization: `Bearer ${connection.access}`, "content-type": "application/json" },
        body: JSON.stringify({ title: "Order two vitrines" }),
      });
      await response.body?.cancel();
      return [
        response.status,
        /error="(\w+)".*scope="([^"]*)"/.exec(response.headers.get("www-authenticate") ?? "")?.slice(1),
      ];
    };
    expect(await write(b)).toEqual([201, undefined]);
    expect((await act(connection, "assistants.narrow", { "tasks:read": true })).status).toBe(200);
    for (const base of [a, b])
      expect(await write(base)).toEqual([403, ["insufficient_scope", "tasks:read tasks:write"]]);
    expect(await statusAt(b, "rest", connection.access)).toBe(200);
    expect((await renew(a, connection.refresh)).body.scope).toBe("tasks:read");
  });
});

describe("signing keys (OA-17)", () => {
  const keysOf = async (base: string) => {
    const { keys } = (await (await fetch(`${base}/.well-known/jwks.json`)).json()) as {
      keys: Record<string, string>[];
    };
    return keys;
  };
  const kidOf = (jwt: string) =>
    (JSON.parse(Buffer.from(jwt.split(".")[0] ?? "", "base64url").toString()) as { kid: string }).kid;

  test("a rotation reaches both without a restart: the new key signs, the one before lives to its end", async () => {
    const before = await connect();
    const kid = await rotateSigningKey();
    for (const base of [a, b]) {
      const keys = await keysOf(base);
      expect(keys.map((key) => key.kid)).toEqual([kid, kidOf(before.access)]);
      expect(
        keys.flatMap((key) => Object.keys(key)).filter((name) => "dpqi".includes(name) || name.length === 2),
      ).toEqual([]);
      const renewed = await renew(base, before.refresh);
      expect(kidOf(String(renewed.body.access_token))).toBe(kid);
      expect(await everywhere(String(renewed.body.access_token))).toEqual(onAll(200));
    }
    expect(await everywhere(before.access)).toEqual(onAll(200));
    await prisma().signingKey.update({ where: { kid: kidOf(before.access) }, data: { expiresAt: new Date() } });
    expect(await everywhere(before.access)).toEqual(onAll(401));
    expect((await keysOf(b)).map((key) => key.kid)).toEqual([kid]);
  });

  test("the provider that a page makes anew after a rotation knows who is signed in, and how to refuse", async () => {
    const person = await makePerson();
    const visitor = await visit(person);
    await rotateSigningKey();
    // Pages are another bundle than the authorization server's own route; here they come first.
    const { path } = asked();
    for (const base of [a, b]) await visitor.at(base).open(`/oauth/consent/${"x".repeat(43)}`);
    for (const base of [a, b]) {
      expect((await visitor.at(base).open(path)).text).toContain("Scripted Aide");
      const refused = await visitor.at(base).open(asked({ redirect_uri: "https://elsewhere.example/" }).path);
      expect([refused.response.status, refused.outside]).toEqual([400, null]);
      expect(refused.text).toContain("invalid_redirect_uri");
    }
  });

  test("keys that nobody knows sign nothing here, and are no trouble to those who hold a good token", async () => {
    const { access } = await connect();
    const [, payload, signature] = access.split(".");
    const header = (kid: string) =>
      Buffer.from(JSON.stringify({ alg: "RS256", typ: "at+jwt", kid })).toString("base64url");
    const grant = await makeGrant(await makePerson());
    const ours = { iss: cluster.url, aud: `${cluster.url}/mcp` };
    // Each is new to the server, so each has its signature checked.
    const tokens = await Promise.all(Array.from({ length: 40 }, () => accessTokenOf(grant, ours)));
    const answers = await alternate(80, (base, n) =>
      statusAt(base, "rest", n % 4 < 2 ? (tokens.pop() ?? "") : [header(`unknown-${n}`), payload, signature].join(".")),
    );
    expect(answers).toEqual(answers.map((_, n) => (n % 4 < 2 ? 200 : 401)));
  });
});
