import { randomInt } from "node:crypto";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { prisma } from "#core/db.ts";
import { newId } from "#core/id.ts";
import {
  type Asking,
  answer,
  asking,
  redeem,
  refresh,
  register,
  statusAt,
  type TokenAnswer,
  token,
} from "#testing/assistant-client.ts";
import { signedIn } from "#testing/browser.ts";
import { type Cluster, startCluster } from "#testing/cluster.ts";
import { makePerson } from "#testing/factories.ts";
import { type HttpsHost, startHttpsHost } from "#testing/https-host.ts";
import { isUnauthorized, newerClient, olderClient, Wallet } from "#testing/official-clients.ts";
import { Visitor } from "#testing/visitor.ts";

// The shapes in which the assistants that people use ask to be connected, against two built servers (oauth-mcp.md §2). Their own
// documents are played by a site on this machine; nobody's redirect is ever followed.

let site: HttpsHost;
let cluster: Cluster;
let [a, b]: [string, string] = ["", ""];

beforeAll(async () => {
  site = await startHttpsHost();
  cluster = await startCluster({ NODE_EXTRA_CA_CERTS: site.certificate, PRIVATE_CLIENT_HOSTS: site.host });
  [a, b] = [cluster.servers[0].url, cluster.servers[1].url];
});
afterAll(async () => {
  await cluster?.stop();
  await site?.stop();
});
beforeEach(() => prisma().rateLimit.deleteMany());

/** What most of them ask for: what the 401 names, and to be able to renew it. */
const usual = "tasks:read tasks:write offline_access";
const request = (clientId: string, redirectUri: string, parameters: Record<string, string | null> = {}): Asking =>
  asking(clientId, redirectUri, `${cluster.url}/mcp`, { scope: usual, ...parameters });
const visit = async () => new Visitor(cluster.url, (await signedIn(await makePerson())).cookie);
const anyPort = () => randomInt(20_000, 60_000);

/** Signed in and willing: from the request to the code in the address of the redirect. */
async function codeFor(asked: Asking): Promise<{ code: string; page: string; formAction: string }> {
  const visitor = await visit();
  const page = await visitor.open(asked.path);
  expect([page.response.status, page.outside]).toEqual([200, null]);
  const { outside } = await answer(visitor, page);
  if (!outside) throw new Error("the answer led nowhere");
  const { searchParams } = outside;
  expect(outside.href.split("?", 1)[0]).toBe(new URL(asked.redirectUri).href);
  expect([searchParams.get("state"), searchParams.get("iss")]).toEqual([asked.state, cluster.url]);
  const csp = page.response.headers.get("content-security-policy") ?? "";
  const formAction = /form-action ([^;]*)/.exec(csp)?.[1] ?? "";
  return { code: searchParams.get("code") ?? "", page: page.text, formAction };
}

/** What was given is good at both doors of both servers. */
async function expectGood({ status, body }: TokenAnswer): Promise<string> {
  expect(status, body.error).toBe(200);
  expect(body.refresh_token).toBeTruthy();
  const doors = [a, b].flatMap((base) =>
    (["rest", "mcp"] as const).map((door) => statusAt(base, door, String(body.access_token))),
  );
  expect(await Promise.all(doors)).toEqual([200, 200, 200, 200]);
  return String(body.refresh_token);
}

/** A client without a secret: let in on one server, redeemed on another, renewed on both. */
async function expectWorks(clientId: string, redirectUri: string, parameters: Record<string, string | null> = {}) {
  const asked = request(clientId, redirectUri, parameters);
  const { code, page, formAction } = await codeFor(asked);
  const renewal = await expectGood(await redeem(b, asked, code, { resource: `${cluster.url}/mcp` }));
  // Several of their processes share one renewal token.
  for (const answered of await Promise.all([a, b, a].map((base) => refresh(base, clientId, renewal))))
    await expectGood(answered);
  return { page, formAction };
}

/** Shown here, never sent anywhere. */
async function expectRefused(asked: Asking, error = "invalid_redirect_uri"): Promise<void> {
  const { response, outside, text } = await (await visit()).open(asked.path);
  expect([response.status, outside, asked.redirectUri]).toEqual([400, null, asked.redirectUri]);
  expect(text).toContain(error);
}

describe("ChatGPT: a document of its own, and a key instead of a secret", () => {
  const redirectUri = "https://chatgpt.com/connector_platform_oauth_redirect";
  let clientId: string;
  let sign: (audience: string, claims?: Record<string, unknown>, kid?: string) => Promise<Record<string, string>>;

  beforeAll(async () => {
    const { publicKey, privateKey } = await generateKeyPair("RS256");
    clientId = `${site.origin}/oauth/client.json`;
    const jwk = { ...(await exportJWK(publicKey)), kid: "chatgpt-1", use: "sig", alg: "RS256" };
    site.documents.set("/oauth/jwks.json", { keys: [jwk] });
    site.documents.set("/oauth/client.json", {
      client_id: clientId,
      client_name: "ChatGPT",
      client_uri: `${site.origin}/`,
      redirect_uris: [redirectUri],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "private_key_jwt",
      token_endpoint_auth_methods_supported: ["none", "private_key_jwt"],
      token_endpoint_auth_signing_alg: "RS256",
      jwks_uri: `${site.origin}/oauth/jwks.json`,
    });
    sign = async (audience, claims = {}, kid = "chatgpt-1") => {
      const now = Math.floor(Date.now() / 1000);
      const values = { iss: clientId, sub: clientId, aud: audience, jti: newId(), iat: now, exp: now + 60, ...claims };
      return {
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: await new SignJWT(values).setProtectedHeader({ alg: "RS256", kid }).sign(privateKey),
      };
    };
  });

  // It asks for what the metadata of the resource names, and for what the server lists beside.
  const scope = "tasks:read tasks:write openid profile email offline_access";
  const redeemBy = (base: string, asked: Asking, code: string, proof: Record<string, string>) =>
    redeem(base, asked, code, { resource: `${cluster.url}/mcp`, ...proof });

  test("its metadata is found where it looks, and says what it needs to hear", async () => {
    const prm = await fetch(`${cluster.url}/.well-known/oauth-protected-resource/mcp`);
    expect(await prm.json()).toMatchObject({
      resource: `${cluster.url}/mcp`,
      authorization_servers: [cluster.url],
      scopes_supported: ["tasks:read", "tasks:write"],
    });
    const metadata = await fetch(`${cluster.url}/.well-known/oauth-authorization-server`);
    const said = (await metadata.json()) as Record<string, string[]>;
    expect(said).toMatchObject({
      issuer: cluster.url,
      authorization_response_iss_parameter_supported: true,
      client_id_metadata_document_supported: true,
    });
    expect(said.token_endpoint_auth_methods_supported).toEqual(expect.arrayContaining(["none", "private_key_jwt"]));
    expect(said.token_endpoint_auth_signing_alg_values_supported).toContain("RS256");
    expect(said.code_challenge_methods_supported).toEqual(["S256"]);
  });

  for (const [called, of] of [
    ["the issuer", (url: string) => url],
    ["the token endpoint", (url: string) => `${url}/oauth/token`],
  ] as const)
    test(`it is let in with an assertion for ${called}, and renews with another`, async () => {
      const asked = request(clientId, redirectUri, { scope });
      const { code, page, formAction } = await codeFor(asked);
      expect(page).toContain(`localhost`);
      expect(page).toContain("chatgpt.com");
      expect(formAction).toBe("'self' https://chatgpt.com");
      const answered = await redeemBy(a, asked, code, await sign(of(cluster.url)));
      const renewal = await expectGood(answered);
      const fields = { grant_type: "refresh_token", client_id: clientId, refresh_token: renewal };
      await expectGood(await token(b, { ...fields, ...(await sign(of(cluster.url))) }));
      const identity = JSON.parse(
        Buffer.from(String(answered.body.id_token).split(".")[1] ?? "", "base64url").toString(),
      ) as Record<string, unknown>;
      expect(identity).toMatchObject({ iss: cluster.url, aud: clientId, name: expect.any(String) });
    });

  test("without an assertion, or with one that is not its own, it is nobody: 401, and the code is not used up", async () => {
    const asked = request(clientId, redirectUri, { scope });
    const { code } = await codeFor(asked);
    const { privateKey } = await generateKeyPair("RS256");
    const forged = await new SignJWT({ iss: clientId, sub: clientId, aud: cluster.url, jti: newId() })
      .setProtectedHeader({ alg: "RS256", kid: "chatgpt-1" })
      .setExpirationTime("1m")
      .sign(privateKey);
    const good = await sign(cluster.url);
    const past = Math.floor(Date.now() / 1000) - 120;
    const bad: Record<string, string>[] = [
      {},
      { client_secret: "guessed" },
      { ...good, client_assertion: forged },
      await sign("https://another.example"),
      await sign(cluster.url, { exp: past, iat: past - 60 }),
    ];
    for (const [n, proof] of bad.entries())
      for (const base of [a, b]) {
        const { status, body } = await redeemBy(base, asked, code, proof);
        expect([n, status, body.error]).toEqual([n, 401, "invalid_client"]);
      }
    const other = await redeemBy(a, asked, code, await sign(cluster.url, { sub: `${site.origin}/cursor.json` }));
    expect([other.status, other.body.error]).toEqual([400, "invalid_request"]);
    await expectGood(await redeemBy(b, asked, code, good));
  });

  test("an assertion is good once, on whichever server, also when it comes to both at once", async () => {
    const proof = await sign(cluster.url);
    const codes = await Promise.all(
      [0, 1, 2, 3].map(async () => {
        const asked = request(clientId, redirectUri, { scope });
        return { asked, code: (await codeFor(asked)).code };
      }),
    );
    const answers = await Promise.all(codes.map(({ asked, code }, n) => redeemBy(n % 2 ? a : b, asked, code, proof)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
    const renewal = await redeemBy(a, codes[0]?.asked as Asking, codes[0]?.code ?? "", proof);
    expect([renewal.status, renewal.body.error]).toEqual([401, "invalid_client"]);
  });

  test("while its site is away it goes on renewing, on either server; a site that was never there is no client", async () => {
    const asked = request(clientId, redirectUri, { scope });
    const renewal = await expectGood(await redeemBy(a, asked, (await codeFor(asked)).code, await sign(cluster.url)));
    const fields = { grant_type: "refresh_token", client_id: clientId, refresh_token: renewal };
    site.setAway(true);
    onTestFinished(() => site.setAway(false));
    for (const base of [a, b]) await expectGood(await token(base, { ...fields, ...(await sign(cluster.url)) }));
    await expectRefused(request(`${site.origin}/never.json`, redirectUri), "invalid_client");
  });

  test("an address that is not in its document is refused here", async () => {
    for (const uri of ["https://chatgpt.com/connector/oauth/other", `${redirectUri}/`, "https://evil.example/"])
      await expectRefused(request(clientId, uri, { scope }));
  });

  test("its document was fetched once by each server at most", () => {
    expect(site.asked.filter((path) => path === "/oauth/client.json").length).toBeLessThanOrEqual(2);
  });
});

describe("Claude: two clients that are known beforehand, so that nothing has to be fetched", () => {
  const web = "https://claude.ai/oauth/mcp-oauth-client-metadata";
  const code = "https://claude.ai/oauth/claude-code-client-metadata";
  /** Fetching a client's document is counted; nothing was. */
  const fetches = () => prisma().rateLimit.count({ where: { key: { startsWith: "clientDocument" } } });

  test.each(["https://claude.ai/api/mcp/auth_callback", "https://claude.com/api/mcp/auth_callback"])(
    "on the web it is verified and let in by %s",
    async (redirectUri) => {
      const { page } = await expectWorks(web, redirectUri);
      expect(page).toContain("Verified by this server");
      expect(page).toContain(new URL(redirectUri).host);
      expect(await fetches()).toBe(0);
    },
  );

  test.each(["localhost", "127.0.0.1"])("Claude Code is let in on %s, on any port", async (host) => {
    const { page, formAction } = await expectWorks(code, `http://${host}:${anyPort()}/callback`);
    expect(page).toContain("An app on this computer asks.");
    expect(formAction).toMatch(new RegExp(`^'self' http://${host.replaceAll(".", "\\.")}:\\d+$`));
    await expectWorks(code, `http://${host}:${anyPort()}/callback`);
    expect(await fetches()).toBe(0);
  });

  test("neither goes anywhere else", async () => {
    for (const uri of [
      "https://claude.ai/api/mcp/auth_callback/",
      "https://claude.ai.evil.example/api/mcp/auth_callback",
      "http://claude.ai/api/mcp/auth_callback",
      "http://localhost/callback",
    ])
      await expectRefused(request(web, uri));
    for (const uri of [
      "http://localhost:4000/",
      "http://localhost:4000/callback/",
      "http://127.0.0.2:4000/callback",
      "https://localhost:4000/callback",
      "http://localhost.evil.example:4000/callback",
      "https://claude.ai/api/mcp/auth_callback",
    ])
      await expectRefused(request(code, uri));
  });
});

describe("Cursor: addresses of three kinds in one document", () => {
  const redirects = [
    "https://www.cursor.com/agents/mcp/oauth/callback",
    "http://localhost:8787/callback",
    "cursor://anysphere.cursor-mcp/oauth/callback",
  ];
  const document = (clientId: string) => ({
    client_id: clientId,
    client_name: "Cursor",
    redirect_uris: redirects,
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
  });

  test.each([...redirects, "http://localhost:51234/callback"])("it is let in by %s", async (redirectUri) => {
    const clientId = `${site.origin}/cursor.json`;
    site.documents.set("/cursor.json", document(clientId));
    const { page, formAction } = await expectWorks(clientId, redirectUri);
    expect(page).toContain(site.host);
    expect(formAction).toContain(redirectUri.startsWith("cursor:") ? "cursor:" : new URL(redirectUri).origin);
  });

  test("the same when it registers instead", async () => {
    const { client_id: _, ...metadata } = document("");
    const { client_id: clientId } = await register(cluster.url, metadata);
    for (const redirectUri of redirects) await expectWorks(clientId, redirectUri);
  });

  test("another scheme, or the same one with another path, is refused", async () => {
    const clientId = `${site.origin}/cursor.json`;
    for (const uri of ["vscode://anysphere.cursor-mcp/oauth/callback", "cursor://anysphere.cursor-mcp/oauth/other"])
      await expectRefused(request(clientId, uri));
  });
});

describe("those that register themselves", () => {
  test("VS Code: web addresses and its own port on this computer, device grant and scope in its registration", async () => {
    const { client_id: clientId } = await register(cluster.url, {
      client_name: "Visual Studio Code",
      client_uri: "https://code.visualstudio.com",
      application_type: "native",
      grant_types: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
      redirect_uris: [
        "https://insiders.vscode.dev/redirect",
        "https://vscode.dev/redirect",
        "http://localhost/",
        "http://127.0.0.1/",
        "http://localhost:33418/",
        "http://127.0.0.1:33418/",
      ],
      scope: "tasks:read tasks:write",
    });
    for (const uri of ["https://vscode.dev/redirect", "http://127.0.0.1:33418/", `http://localhost:${anyPort()}/`])
      await expectWorks(clientId, uri);
    // It registered what it was first asked for, and may ask for more all the same.
    const asked = request(clientId, "https://vscode.dev/redirect", { scope: "tasks:read tasks:write tasks:delete" });
    const visitor = await visit();
    const page = await visitor.open(asked.path);
    const { outside } = await answer(visitor, page, "allow", { preset: "full" });
    const { body } = await redeem(a, asked, outside?.searchParams.get("code") ?? "");
    expect(body.scope).toBe("tasks:read tasks:write tasks:delete");
  });

  test("Codex: registered with the port of the day, let in on another", async () => {
    const { client_id: clientId } = await register(cluster.url, {
      client_name: "Codex",
      redirect_uris: [`http://127.0.0.1:${anyPort()}/callback`],
    });
    await expectWorks(clientId, `http://127.0.0.1:${anyPort()}/callback`, { scope: "tasks:read tasks:write" });
    await expectRefused(request(clientId, `http://localhost:${anyPort()}/callback`));
  });

  test("one that names no scope and no resource gets what is of use, for this server", async () => {
    const { client_id: clientId } = await register(cluster.url);
    await expectWorks(clientId, "http://127.0.0.1:4100/callback", { scope: null, resource: null });
  });
});

describe("the official clients over two servers, told nothing but the address: let in, at work, undone, narrowed, disconnected", () => {
  async function work(wallet: Wallet, generation = newerClient): Promise<void> {
    const session = generation(`${cluster.url}/mcp`, wallet);
    const person = await makePerson();
    const { cookie } = await signedIn(person);
    expect(await session.connect()).toBe(false);
    const visitor = new Visitor(cluster.url, cookie);
    const address = wallet.takeAddress();
    const { outside } = await answer(visitor, await visitor.open(`${address.pathname}${address.search}`));
    await session.finish(Object.fromEntries(outside?.searchParams ?? []));
    expect(await session.connect()).toBe(true);
    expect(await session.tools()).toContain("create_task");
    const created = await session.call("create_task", {
      title: "Over two servers",
      priority: 4,
      operationKey: newId(),
    });
    const id = String(created.content.id);
    expect((await session.call("list_tasks")).said).toContain("Over two servers");
    expect((await session.call("complete_task", { id, reason: "It was easy." })).content.status).toBe("completed");
    expect((await session.call("reopen_task", { id })).content.status).toBe("pending");
    expect((await session.call("get_next_task")).said).toContain("Over two servers");
    const grant = await prisma().grant.findFirstOrThrow({ where: { userId: person.id } });
    expect(await prisma().operation.count({ where: { grantId: grant.id } })).toBe(3);
    const decide = async (verb: string, input: Record<string, unknown> = {}) => {
      const response = await fetch(`${cluster.url}/api/trpc/assistants.${verb}`, {
        method: "POST",
        headers: { cookie, origin: cluster.url, "content-type": "application/json" },
        body: JSON.stringify({ id: grant.id, ...input }),
      });
      expect([verb, response.status]).toEqual([verb, 200]);
    };
    await decide("undo", { since: "today" });
    expect((await session.call("search", { query: "servers" })).content.results).toEqual([]);
    await decide("narrow", { "tasks:read": true });
    expect(await session.tools()).not.toContain("create_task");
    await decide("disconnect");
    expect(isUnauthorized(await session.call("list_tasks").catch((error: unknown) => error))).toBe(true);
    await session.close();
  }

  test("registering itself", () => work(new Wallet("Aide", "http://127.0.0.1:4200/callback")));

  test("the one of the older protocol as well", () =>
    work(new Wallet("Aide", "http://127.0.0.1:4202/callback"), olderClient));

  test("by a document of its own, without registering", async () => {
    const clientId = `${site.origin}/aide.json`;
    const redirectUri = "http://127.0.0.1:4201/callback";
    const wallet = new Wallet("Aide", redirectUri, clientId);
    site.documents.set("/aide.json", { client_id: clientId, ...wallet.clientMetadata });
    const before = await prisma().oauthRecord.count({ where: { model: "Client" } });
    await work(wallet);
    expect(wallet.clientInformation()?.client_id).toBe(clientId);
    expect(await prisma().oauthRecord.count({ where: { model: "Client" } })).toBe(before);
  });
});
