import { expect, test } from "vitest";
import type { Actor } from "#core/context.ts";
import { errorTable } from "#core/errors.ts";
import { type Notice, readNotice } from "#core/flow.ts";
import { newId } from "#core/id.ts";
import { formRequest, ours, signedIn, trpcRequest } from "#testing/browser.ts";
import { actorOf, makePerson } from "#testing/factories.ts";
import { forgedCookies } from "#testing/forged-cookies.ts";
import { badValue, deep, fieldsOf, unknownKey, withKey } from "#testing/hostile.ts";
import { inNext } from "#testing/next-scope.ts";
import { Random } from "#testing/random.ts";
import { rowsOf, run } from "#testing/rows.ts";
import { applySettings } from "#testing/settings.ts";
import { callerFor, restRequest } from "#testing/wires.ts";
import { makeWorld, samples, type World } from "#testing/world.ts";
import { allCapabilities } from "./capabilities.ts";
import { doneText } from "./forms/done.ts";
import { handleForm } from "./forms/handler.ts";
import { callTool } from "./mcp/tools.ts";
import { handleRest } from "./rest/handler.ts";
import { handleTrpc } from "./trpc/handler.ts";

// Bad input (issue "Bad input"): every refusal is a 4xx that names a field or a rule, never a 5xx, and writes nothing.
// The limits per person would end this after seconds; they have tests of their own.
applySettings({ LIMIT_FACTOR: "1000000" });

type Input = Record<string, unknown>;
type Credential = { cookie: string; actor: Actor | null };
type Verdict = { status: number; code: string | null; text: string; details: { field: string; message: string }[] };
type Door = (name: string, input: unknown, who: Credential) => Promise<Verdict>;

const verdictOf = async (response: Response, pick: (body: Input) => Input): Promise<Verdict> => {
  const text = await response.text();
  if (response.status < 400) return { status: response.status, code: null, text, details: [] };
  const { code, details } = pick(JSON.parse(text) as Input) as { code: string; details: Verdict["details"] };
  return { status: response.status, code, text, details };
};
const textual = (input: Input): Record<string, string> =>
  Object.fromEntries(
    Object.entries(input).map(([field, value]) => [
      field,
      Array.isArray(value) ? value.join(",") : String(value ?? ""),
    ]),
  );

const kindOf = new Map(allCapabilities.map(({ name, capability }) => [name, capability.kind]));
const toolOf = new Map(allCapabilities.map(({ name, capability }) => [name, capability.tool?.name ?? ""]));

const doors: Record<string, Door> = {
  trpc: async (name, input, { cookie }) =>
    verdictOf(await handleTrpc(trpcRequest(name, kindOf.get(name) ?? "query", input, { Cookie: cookie })), (body) => {
      const { data } = body.error as { data: Input };
      return { code: data.appCode, details: data.details };
    }),
  rest: async (name, input, { actor }) => {
    const isObject = typeof input === "object" && input !== null && !Array.isArray(input);
    const sample = restRequest(name, isObject ? (input as Input) : { id: newId() });
    const body = isObject || sample.method === "GET" ? {} : { body: JSON.stringify(input) };
    return verdictOf(await handleRest(new Request(sample, body), async () => actor), (problem) => problem);
  },
  mcp: async (name, input, { actor }) => {
    const caller = callerFor(actor, "mcp");
    const { isError, content } = await callTool(toolOf.get(name) ?? "", input, caller);
    const text = content.map((part) => part.text).join("");
    const failure = isError ? caller.event.failure : undefined;
    return {
      status: failure ? errorTable[failure.code].status : 200,
      code: failure?.code ?? null,
      text,
      details: [...(failure?.details ?? [])],
    };
  },
  form: async (name, input, { cookie }) => {
    const request = formRequest(
      `/api/forms/${name}`,
      { ...textual(input as Input), returnTo: "/inbox" },
      { Cookie: cookie },
    );
    let said: Notice | null = null;
    const response = await inNext(request, async (sent) => {
      const answer = await handleForm(sent, name);
      const back = answer.headers.get("location") ?? "/";
      said = await readNotice(new URL(back, "http://localhost:3000").searchParams.get("notice"));
      return answer;
    });
    const text = await response.text();
    const notice = said as Notice | null;
    if (!notice) return { status: response.status, code: null, text, details: [] };
    // A form goes back to its page, which shows what was wrong: as refused as a 4xx.
    const details = Object.entries(notice.errors ?? {}).map(([field, message]) => ({ field, message }));
    const isRefused = notice.tone === "danger";
    const code = details.length > 0 ? "VALIDATION_ERROR" : "CONFLICT";
    return { status: isRefused ? 422 : 200, code: isRefused ? code : null, text: notice.text, details };
  },
};

/** Each capability with each door it has, over and over. */
const places = allCapabilities.flatMap((named) => [
  { ...named, door: "trpc" },
  ...(named.capability.http ? [{ ...named, door: "rest" }] : []),
  ...(named.capability.tool ? [{ ...named, door: "mcp" }] : []),
  ...(Object.hasOwn(doneText, named.name) ? [{ ...named, door: "form" }] : []),
]);
type Place = (typeof places)[number];

const sampleOf = (name: string, world: World): Input => samples[name]?.(world) ?? { id: newId() };

/** Something that this place must refuse, with the way it was made bad. */
function badCase(
  { name, capability, door }: Place,
  own: World,
  other: World,
  random: Random,
): { how: string; input: unknown } {
  const sample = sampleOf(name, own);
  const isText = door === "form" || (door === "rest" && capability.http?.method === "GET");
  const inPath = (field: string) => door === "rest" && Boolean(capability.http?.path.includes(`{${field}}`));
  const { fields, required } = fieldsOf(capability);
  const ways: (() => { how: string; input: unknown })[] = [
    () => ({ how: "unknown key", input: withKey(sample, unknownKey(random), random.pick(["1", "", "x"])) }),
  ];
  const [field, schema] = fields.length > 0 ? random.pick(fields) : [];
  if (field && schema)
    for (let weight = 0; weight < 4; weight++)
      ways.push(() => ({
        how: `bad ${field}`,
        input: withKey(sample, field, badValue(schema, random, isText || inPath(field))),
      }));
  const left = required.filter((name) => !inPath(name));
  if (left.length > 0 && door !== "mcp")
    ways.push(() => {
      const { [random.pick(left)]: _, ...rest } = sample;
      return { how: "a field is missing", input: rest };
    });
  if ("id" in sample && (capability.kind === "mutation" || name.endsWith(".get"))) {
    ways.push(() => ({ how: "missing id", input: { ...sample, id: newId() } }));
    ways.push(() => ({ how: "foreign id", input: { ...sample, id: sampleOf(name, other).id } }));
  }
  if (name === "tasks.create")
    ways.push(() => ({ how: "foreign project", input: { ...sample, projectId: other.projectId } }));
  if (!isText) {
    const somewhere = field && !inPath(field) ? field : "tags";
    ways.push(() => ({ how: "deep", input: withKey(sample, somewhere, deep(7 + random.below(300), "x")) }));
    ways.push(() => ({ how: "large", input: withKey(sample, somewhere, "x".repeat(65_537 + random.below(80_000))) }));
    ways.push(() => ({
      how: "many",
      input: withKey(
        sample,
        somewhere,
        Array.from({ length: 5000 }, () => 1),
      ),
    }));
    if (door !== "rest" || capability.http?.method !== "GET")
      ways.push(() => ({ how: "no object", input: random.pick<unknown>(["x", 5, true, [], [sample], ["id"]]) }));
  }
  return random.pick(ways)();
}

/** What is wrong with how a place answered; nothing when all is well. */
function complaint({ status, code, text, details }: Verdict, door: string, mustRefuse: boolean): string | null {
  if (status >= 500) return `a ${status}`;
  if (/node_modules|SELECT |INSERT |relation "|at \w+ \(/.test(text)) return "tells of the inside";
  if (door === "form" && code === null && (status === 303 || status >= 400)) return null;
  if (status < 400) return mustRefuse ? "was taken" : null;
  if (!code || !(code in errorTable)) return `an unknown code ${code}`;
  if (text.includes("cannot be stored.") && details.length === 0) return "names no field, the database had to refuse";
  if (code === "VALIDATION_ERROR" && details.length === 0 && !/JSON|UTF-8|request is not valid/.test(text))
    return "names neither field nor rule";
  if (details.some(({ message }) => !message)) return "a field without a reason";
  return null;
}

const shown = (value: unknown) => JSON.stringify(value)?.slice(0, 300);

/** Runs the cases a few at a time. @returns complaints, each with what repeats it */
async function drive<C>(
  cases: readonly C[],
  random: Random,
  one: (each: C) => Promise<string | null>,
  show: (each: C) => unknown,
): Promise<string[]> {
  const complaints: string[] = [];
  for (let at = 0; at < cases.length; at += 16)
    await Promise.all(
      cases.slice(at, at + 16).map(async (each, n) => {
        const found = await one(each).catch((error: unknown) => `threw ${String(error)}`);
        if (found) complaints.push(`FUZZ_SEED=${random.seed} #${at + n}: ${found}: ${shown(show(each))}`);
      }),
    );
  return complaints;
}

test("seven thousand requests that must be refused are, by name, on every capability and door, and write nothing", {
  timeout: 300_000,
}, async () => {
  const random = new Random();
  const [own, other] = [await makeWorld(), await makeWorld()];
  const who = { cookie: (await signedIn(own.person)).cookie, actor: own.actor };
  const before = [await rowsOf(own.person.id), await rowsOf(other.person.id)];
  const cases = Array.from({ length: 7000 }, (_, n) => {
    const place = places[n % places.length] as Place;
    return { place, ...badCase(place, own, other, random) };
  });
  const complaints = await drive(
    cases,
    random,
    async ({ place: { name, door }, input }) =>
      complaint((await doors[door]?.(name, input, who)) as Verdict, door, true),
    ({ place: { name, door }, how, input }) => [name, door, how, input],
  );
  expect(complaints.slice(0, 10)).toEqual([]);
  // Nothing at all of either's changed; what was denied or failed stands in the audit, and in nothing else.
  expect([await rowsOf(own.person.id), await rowsOf(other.person.id)], `FUZZ_SEED=${random.seed}`).toEqual(before);
  const results = await run<{ result: string }>("SELECT DISTINCT result FROM audit_events WHERE user_id = $1", [
    own.person.id,
  ]);
  expect(results.map(({ result }) => result).sort()).toEqual(["denied", "error"]);
  expect(await run("SELECT id FROM audit_events WHERE user_id = $1", [other.person.id])).toEqual([]);
});

test("a thousand forged, truncated, dead and oversized cookies are nobody's, on the real doors", {
  timeout: 120_000,
}, async () => {
  const random = new Random();
  const [own, other] = [await makeWorld(), await makeWorld()];
  const forge = await forgedCookies(own.person, other.person);
  const before = [await rowsOf(own.person.id), await rowsOf(other.person.id)];
  const withCookie = places.filter(({ door }) => door === "trpc" || door === "form");
  const cases = Array.from({ length: 1000 }, (_, n) => ({
    place: withCookie[n % withCookie.length] as Place,
    cookie: forge(random),
  }));
  const complaints = await drive(
    cases,
    random,
    async ({ place: { name, door }, cookie }) => {
      const verdict = (await doors[door]?.(name, sampleOf(name, own), { cookie, actor: null })) as Verdict;
      const expected = door === "form" ? 303 : 401;
      return verdict.status === expected
        ? complaint(verdict, door, true)
        : `answered ${verdict.status}, not ${expected}`;
    },
    ({ place: { name, door }, cookie }) => [name, door, cookie.slice(0, 200)],
  );
  expect(complaints.slice(0, 10)).toEqual([]);
  expect([await rowsOf(own.person.id), await rowsOf(other.person.id)], `FUZZ_SEED=${random.seed}`).toEqual(before);
});

/** Requests of any shape: paths, methods, types and bodies that no client of ours would send. */
function wildRequest(
  random: Random,
  cookie: string,
  own: World,
): { door: "rest" | "trpc" | "form"; request: Request; name: string } {
  const { name, capability } = random.pick(allCapabilities);
  const method = random.pick(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]);
  const segments = [
    ...(capability.http?.path ?? `/${name}`)
      .replace(/\{\w+\}/g, own.task)
      .slice(1)
      .split("/"),
  ];
  if (random.chance(0.3))
    segments[random.below(segments.length)] = random.pick(["", "x", "__proto__", "constructor", "a".repeat(3000)]);
  const query = random.chance(0.5)
    ? `?${Array.from({ length: random.below(5) }, () => `${encodeURIComponent(random.text(8).toWellFormed())}=${random.pick(["1", "%", "%zz", "x", "%00"])}`).join("&")}`
    : "";
  const door = random.pick(["rest", "trpc", "form"] as const);
  const path = {
    rest: `/api/v1/${segments.join("/")}`,
    trpc: `/api/trpc/${random.pick([name, `${name},${name}`, segments.join(".")])}`,
    form: `/api/forms/${name}`,
  }[door];
  const bodies: (() => BodyInit)[] = [
    () => JSON.stringify(random.json(5)),
    () => JSON.stringify({ ...sampleOf(name, own), [random.text(5)]: random.json(3) }),
    () => random.text(200).toWellFormed(),
    () => new Uint8Array(Array.from({ length: random.below(300) }, () => random.below(256))),
    () => `{"a":${"[".repeat(random.below(20_000))}`,
    () => "[".repeat(random.below(30_000)),
    () => new URLSearchParams([[random.text(9).toWellFormed(), random.text(9).toWellFormed()]]).toString(),
  ];
  const type = random.pick([
    "application/json",
    "application/json; charset=utf-8",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "text/plain",
    "x",
    "application/json",
  ]);
  const hasBody = method !== "GET" && method !== "HEAD";
  const request = new Request(`http://localhost:3000${path}${query}`, {
    method: door === "form" ? "POST" : method,
    headers: {
      ...ours,
      Cookie: cookie,
      "Content-Type": type,
      "X-Request-Id": encodeURIComponent(random.text(20).toWellFormed()),
      ...(random.chance(0.2) ? { "Idempotency-Key": random.pick(["k", "", "a b", "k".repeat(300)]) } : {}),
    },
    ...(hasBody || door === "form" ? { body: random.pick(bodies)() } : {}),
  });
  return { door, request, name };
}

test("two thousand requests of any shape end in no 5xx and touch nobody else", { timeout: 120_000 }, async () => {
  const random = new Random();
  const [own, other] = [await makeWorld(), await makeWorld()];
  const bystander = actorOf(await makePerson());
  const { cookie } = await signedIn(own.person);
  const before = await rowsOf(other.person.id);
  const cases = Array.from({ length: 1400 }, () => wildRequest(random, cookie, own));
  const answer = ({ door, request, name }: (typeof cases)[number]): Promise<Response> => {
    if (door === "rest") return handleRest(request, async () => (name.length % 2 ? own.actor : bystander));
    return door === "trpc" ? handleTrpc(request) : inNext(request, (sent) => handleForm(sent, name));
  };
  const wild = await drive(
    cases,
    random,
    async (each) => {
      const response = await answer(each);
      const text = await response.text();
      if (response.status >= 500) return `a ${response.status}: ${text.slice(0, 200)}`;
      return response.headers.has("x-request-id") ? null : "no request id";
    },
    ({ door, request }) => [door, request.method, request.url.slice(0, 200), request.headers.get("content-type")],
  );
  // And inputs of the right shape with anything for values, some of them somebody else's.
  const loose = Array.from({ length: 600 }, (_, n) => {
    const place = places[n % places.length] as Place;
    const input = { ...sampleOf(place.name, random.chance(0.5) ? own : other) };
    for (const [field] of fieldsOf(place.capability).fields) if (random.chance(0.2)) input[field] = random.json(2);
    const { id } = input;
    return {
      place,
      input:
        place.door === "rest" && "id" in input
          ? { ...input, id: encodeURIComponent(String(id).toWellFormed()) }
          : input,
    };
  });
  const mixed = await drive(
    loose,
    random,
    async ({ place: { name, door }, input }) => {
      const sent = door === "form" ? (JSON.parse(JSON.stringify(input)) as Input) : input;
      return complaint((await doors[door]?.(name, sent, { cookie, actor: own.actor })) as Verdict, door, false);
    },
    ({ place: { name, door }, input }) => [name, door, input],
  );
  expect([...wild, ...mixed].slice(0, 10)).toEqual([]);
  expect(await rowsOf(other.person.id), `FUZZ_SEED=${random.seed}`).toEqual(before);
});
