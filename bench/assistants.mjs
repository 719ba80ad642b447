// Connects assistants in the database, as the consent page would: a grant, an access token and a renewal token for each person.
// Run with the application's environment and sources; BENCH_CONNECT says whom. Prints the tokens as JSON.
import { importJWK, SignJWT } from "jose";
import pg from "pg";
import { resource } from "../src/features/connections/bearer.ts";
import { signingKeys } from "../src/features/connections/keys.ts";
import { authorizationServer } from "../src/features/connections/provider.ts";

const { clientId, people, renewals } = JSON.parse(process.env.BENCH_CONNECT);
const scope = "tasks:read tasks:write";

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 });
const grants = async (ids) =>
  (
    await pool.query(
      `INSERT INTO grants (id, user_id, client_id, client_name, trust, redirect_uri, color, approved, scopes)
       SELECT uuidv7(), id, $2, 'bench', 'self', 'http://127.0.0.1/callback', 0, $3::text[], $3::text[] FROM unnest($1::uuid[]) AS u(id) RETURNING id, user_id`,
      [ids, clientId, scope.split(" ")],
    )
  ).rows;

const [jwk] = await signingKeys();
const key = await importJWK(jwk, "RS256");
const accessToken = ({ id, user_id: userId }) =>
  new SignJWT({ client_id: clientId, gid: id, scope, jti: id })
    .setProtectedHeader({ alg: "RS256", typ: "at+jwt", kid: jwk.kid })
    .setIssuer(process.env.APP_URL)
    .setAudience(resource())
    .setSubject(userId)
    .setIssuedAt()
    .setExpirationTime("1h")
    .sign(key);

const provider = await authorizationServer();
const client = await provider.Client.find(clientId);
const renewalToken = ({ id, user_id: accountId }) =>
  new provider.RefreshToken({
    accountId,
    client,
    grantId: id,
    gty: "authorization_code",
    scope,
    resource: resource(),
    iiat: Math.floor(Date.now() / 1000),
    expiresIn: 86_400,
  }).save();

const access = {};
for (const grant of await grants(people)) access[grant.user_id] = await accessToken(grant);
const many = Array.from({ length: renewals }, (_, n) => people[n % people.length]);
const chains = [];
for (const grant of await grants(many)) chains.push(await renewalToken(grant));
process.stdout.write(JSON.stringify({ access, chains }), () => process.exit(0));
