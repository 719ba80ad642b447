// A person with an account, and what they do in their browser: sign in and allow. Plain HTTP, form by form, as without scripts.
import { randomUUID } from "node:crypto";
import { hash } from "@node-rs/argon2";
import pg from "pg";
import { answer, approve, asking, redeem, register } from "../../src/testing/assistant-client.ts";
import { Visitor } from "../../src/testing/visitor.ts";
import { Failure } from "../terminal.mjs";

const password = "violet harbour seven lamps";

/** Somebody with an account and nothing in it. */
export async function makePerson(databaseUrl) {
  const email = `${randomUUID()}@example.com`;
  const stored = await hash(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
  const client = new pg.Client(databaseUrl);
  await client.connect();
  await client.query(
    "INSERT INTO users (id, email, name, time_zone, password_hash) VALUES (uuidv7(), $1, 'Mara Lindqvist', 'Europe/Lisbon', $2)",
    [email, stored],
  );
  await client.end();
  return { email, password };
}

/** Posts the form of the sign-in page that the visitor was led to. @returns where that led */
async function signIn(visitor, page, { email, password }) {
  if (page.url.pathname !== "/sign-in")
    throw new Failure(`No sign-in page, but ${page.url.pathname} (${page.response.status})`, "");
  const returnTo = page.url.searchParams.get("returnTo") ?? "";
  const action = "/api/identity/sign-in";
  return visitor.follow(await visitor.post(action, { email, password, returnTo }), action);
}

/** Opens an authorization request in a new browser, signs in, and allows what is asked. @returns where the client is answered */
export async function allow(url, request, person) {
  const visitor = new Visitor(url);
  const { outside } = await answer(visitor, await signIn(visitor, await visitor.open(request), person));
  if (!outside) throw new Failure("The consent did not lead back to the client", "");
  return outside;
}

/** Connects an assistant. @returns an access token that may do everything there is */
export async function connect(url, person) {
  const redirectUri = "http://127.0.0.1/callback";
  const { client_id } = await register(url, { client_name: "Conformance suite", redirect_uris: [redirectUri] });
  const scope = "tasks:read tasks:write tasks:delete";
  const asked = asking(client_id, redirectUri, `${url}/mcp`, { scope });
  const visitor = new Visitor(url);
  await signIn(visitor, await visitor.open(`/sign-in`), person);
  const { status, body } = await redeem(url, asked, await approve(visitor, asked, { preset: "full" }));
  if (!body.access_token) throw new Failure(`The token endpoint answered ${status} ${body.error}`, "");
  return body.access_token;
}
