import { describe, expect, test } from "vitest";
import { keyScopes } from "#core/scopes.ts";
import { actorOf, makePerson } from "#testing/factories.ts";
import { restRequest } from "#testing/wires.ts";
import { makeWorld, samples } from "#testing/world.ts";
import { handleRest } from "./handler.ts";
import { handleOpenApi, openApiDocument } from "./openapi.ts";
import { routes } from "./routes.ts";

type Schema = {
  type?: unknown;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  required?: string[];
  $ref?: string;
  [key: string]: unknown;
};
type Parameter = { $ref?: string; name?: string; in?: string; required?: boolean; schema?: Schema };
type Operation = {
  operationId: string;
  summary: string;
  tags: string[];
  security: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { required: boolean; content: Record<string, { schema: Schema }> };
  responses: Record<string, { $ref?: string; description?: string; content?: Record<string, { schema: Schema }> }>;
};
const document = openApiDocument() as {
  openapi: string;
  info: { title: string; version: string };
  servers: { url: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, unknown>>;
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation, name: operation.operationId })),
);

/** Every `$ref` below a value. */
const refs = (value: unknown): string[] =>
  typeof value !== "object" || value === null
    ? []
    : Object.entries(value).flatMap(([key, child]) => (key === "$ref" ? [String(child)] : refs(child)));

/** A schema in few words, such as `integer 1–5` or `{field: string, message: string}[]`. */
function words(schema: Schema): string {
  const {
    type,
    anyOf,
    items,
    properties,
    enum: values,
    format,
    minimum,
    maximum,
    minLength,
    maxLength,
    maxItems,
  } = schema;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (anyOf) return anyOf.map(words).join(" | ");
  if (Array.isArray(values)) return values.join("|");
  if (items) return `${words(items)}[]${maxItems === undefined ? "" : ` ≤${maxItems}`}`;
  if (properties)
    return `{${Object.entries(properties)
      .map(([name, child]) => `${name}: ${words(child)}`)
      .join(", ")}}`;
  const range = minimum ?? minLength ?? maximum ?? maxLength;
  const safe = (limit: unknown) => (Math.abs(Number(limit)) === Number.MAX_SAFE_INTEGER ? "" : (limit ?? ""));
  const limits = range === undefined ? "" : ` ${safe(minimum ?? minLength)}–${safe(maximum ?? maxLength)}`;
  return `${format ?? type}${limits === " –" ? "" : limits}`;
}

/** The whole document as something that a person can read through. */
const outlineOf = () =>
  operations
    .map(({ method, path, operation: { operationId, security, parameters = [], requestBody, responses } }) => {
      const body = requestBody?.content["application/json"]?.schema;
      const taken = [
        ...parameters.map(
          (p) =>
            `${p.name ?? p.$ref?.split("/").at(-1)}${p.required ? "" : "?"}: ${p.schema ? words(p.schema) : "header"}`,
        ),
        ...Object.entries(body?.properties ?? {}).map(
          ([name, schema]) => `${name}${body?.required?.includes(name) ? "" : "?"}: ${words(schema)}`,
        ),
      ];
      const given = Object.entries(responses).flatMap(([status, { content }]) =>
        status === "default"
          ? []
          : [`→ ${status}${content ? ` ${words(content["application/json"]?.schema ?? {})}` : ""}`],
      );
      const head = `${method.toUpperCase()} ${path} · ${operationId} · ${security[0]?.bearer?.join(" ")}`;
      return [head, ...taken.map((line) => `  ${line}`), ...given.map((line) => `  ${line}`)].join("\n");
    })
    .join("\n\n");

describe("the OpenAPI document", () => {
  test("is 3.1 and has each route once, and nothing else", () => {
    expect(document.openapi).toBe("3.1.0");
    expect(operations.map(({ method, path, name }) => [method.toUpperCase(), path, name]).sort()).toEqual(
      routes.map(({ http, name }) => [http.method, http.path, name]).sort(),
    );
    expect(new Set(operations.map(({ name }) => name)).size).toBe(operations.length);
  });

  test("resolves all its references", () => {
    for (const ref of refs(document)) {
      const [root, components, kind = "", name = ""] = ref.split("/");
      expect([root, components]).toEqual(["#", "components"]);
      expect(document.components[kind]).toHaveProperty([name]);
    }
  });

  test.each(operations)("$name says what it takes, needs and answers", ({ path, method, operation }) => {
    const { parameters = [], requestBody, responses, security, summary, tags } = operation;
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(parameters.filter((p) => p.in === "path").map((p) => [p.name, p.required])).toEqual(
      inPath.map((name) => [name, true]),
    );
    for (const parameter of parameters.filter((p) => p.in === "query")) {
      // Flat scalars only: a query string has no objects.
      expect(["string", "integer", "boolean"]).toContain(parameter.schema?.type);
      expect(parameter.schema).not.toHaveProperty("properties");
    }
    if (method === "get") expect(requestBody).toBeUndefined();
    else expect(parameters.some((p) => p.in === "query")).toBe(false);
    const body = requestBody?.content["application/json"]?.schema;
    if (body) {
      expect(body.additionalProperties).toBe(false);
      for (const name of body.required ?? []) expect(body.properties).toHaveProperty(name);
      for (const name of inPath) expect(body.properties).not.toHaveProperty([String(name)]);
    }
    expect(security[0]?.bearer?.every((scope) => (keyScopes as readonly string[]).includes(scope))).toBe(true);
    expect(summary).toMatch(/^[A-Z].*[^.]$/);
    expect(tags).toHaveLength(1);
    expect(Object.keys(responses).some((status) => /^20[014]$/.test(status))).toBe(true);
    expect(responses.default).toEqual({ $ref: "#/components/responses/Problem" });
  });

  test.each(routes.filter(({ name }) => samples[name]))(
    "$name answers as the document says: status and fields",
    async ({ name, http }) => {
      const world = await makeWorld();
      const response = await handleRest(restRequest(name, samples[name]?.(world) ?? {}), async () => world.actor);
      const described = document.paths[http.path]?.[http.method.toLowerCase()]?.responses[String(response.status)];
      expect(described).toBeDefined();
      const schema = described?.content?.["application/json"]?.schema;
      if (!schema) return expect(await response.text()).toBe("");
      const body = (await response.json()) as Record<string, unknown>;
      expect(Object.keys(schema.properties ?? {}).sort()).toEqual(Object.keys(body).sort());
    },
  );

  test("tells limits as well as shapes", () => {
    const schema = document.paths["/tasks"]?.post?.requestBody?.content["application/json"]?.schema;
    expect(schema?.properties?.title).toMatchObject({ type: "string", minLength: 1, maxLength: 200 });
    expect(schema?.properties?.priority).toMatchObject({ type: "integer", minimum: 1, maximum: 5 });
    expect(schema?.required).toEqual(["title"]);
  });

  test("is served to anybody, as JSON", async () => {
    const response = await handleOpenApi(new Request("http://localhost:3000/api/v1/openapi.json"));
    expect([response.status, await response.json()]).toEqual([200, document]);
  });

  test("is what was reviewed last", async () => {
    await expect(outlineOf()).toMatchFileSnapshot("./openapi.outline.txt");
  });

  test("has no route that needs a permission which no key can hold", async () => {
    const actor = actorOf(await makePerson(), { via: "api_key", scopes: keyScopes });
    for (const { name, http } of routes.filter(({ http }) => http.method === "GET" && !http.path.includes("{"))) {
      const { status } = await handleRest(restRequest(name, {}), async () => actor);
      expect([http.path, status === 200 || status === 404]).toEqual([http.path, true]);
    }
  });
});
