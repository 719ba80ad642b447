import "server-only";
import { z } from "zod";
import { env } from "#core/env.ts";
import { AppError, errorTable } from "#core/errors.ts";
import { handleRequest } from "#core/request.ts";
import { withCors } from "./cors.ts";
import { problem } from "./problem.ts";
import { type Route, routes } from "./routes.ts";

type Json = Record<string, unknown>;

const jsonSchema = (
  schema: z.ZodType,
  io: "input" | "output",
): Json & { properties?: Record<string, Json>; required?: string[] } => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" }) as Json;
  return rest;
};

const receipt = z.object({
  operationId: z.string().nullable().describe("The journal's entry, for undo; null when nothing changed."),
  replayed: z.boolean().describe("This is the stored answer of an earlier call with the same Idempotency-Key."),
});

const problemRef = { $ref: "#/components/responses/Problem" };

function operation({ name, http, capability }: Route): Json {
  const input = jsonSchema(capability.input, "input");
  const properties = input.properties ?? {};
  const inPath = [...http.path.matchAll(/\{(\w+)\}/g)].map(([, parameter = ""]) => parameter);
  const rest = Object.keys(properties).filter((field) => !inPath.includes(field));
  const parameters: Json[] = inPath.map((field) => ({
    name: field,
    in: "path",
    required: true,
    schema: properties[field] ?? {},
  }));
  if (http.method === "GET")
    for (const field of rest)
      parameters.push({
        name: field,
        in: "query",
        required: input.required?.includes(field) ?? false,
        schema: properties[field] ?? {},
      });
  if (capability.kind === "mutation") parameters.push({ $ref: "#/components/parameters/IdempotencyKey" });
  const body = Object.fromEntries(rest.map((field) => [field, properties[field]]));
  const required = (input.required ?? []).filter((field) => !inPath.includes(field));
  const output = capability.kind === "mutation" ? capability.output.extend(receipt.shape) : capability.output;
  const success =
    http.status === 204
      ? { description: "Done." }
      : { description: "Done.", content: { "application/json": { schema: jsonSchema(output, "output") } } };
  return {
    operationId: name,
    summary: capability.summary,
    tags: [name.split(".")[0]],
    security: [{ bearer: [capability.scope] }, { apiKey: [] }],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(http.method !== "GET" && rest.length > 0
      ? {
          requestBody: {
            required: required.length > 0,
            content: {
              "application/json": {
                schema: {
                  type: "object",
                  properties: body,
                  ...(required.length > 0 ? { required } : {}),
                  additionalProperties: false,
                },
              },
            },
          },
        }
      : {}),
    responses: { [String(http.status ?? 200)]: success, default: problemRef },
  };
}

/** The OpenAPI 3.1 document of `/api/v1`, made from the capabilities alone. */
export function openApiDocument(): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    paths[route.http.path] ??= {};
    const path = paths[route.http.path];
    if (path) path[route.http.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "MindFlow",
      version: "1",
      description:
        "Tasks, notifications and profile of the person who granted the token. Times are ISO 8601, lists are pages by cursor.",
    },
    servers: [{ url: `${env().APP_URL}/api/v1` }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        apiKey: { type: "apiKey", in: "header", name: "X-API-Key" },
      },
      parameters: {
        IdempotencyKey: {
          name: "Idempotency-Key",
          in: "header",
          required: false,
          description: "Repeat a call safely: the same key and arguments give the stored answer for 24 hours.",
          schema: { type: "string", minLength: 1, maxLength: 255 },
        },
      },
      responses: {
        Problem: {
          description: "A refusal (RFC 9457).",
          content: {
            "application/problem+json": {
              schema: {
                type: "object",
                required: ["type", "title", "status", "detail", "code", "details", "requestId"],
                properties: {
                  type: { type: "string" },
                  title: { type: "string" },
                  status: { type: "integer" },
                  detail: { type: "string" },
                  code: { enum: Object.keys(errorTable) },
                  details: {
                    type: "array",
                    items: { type: "object", properties: { field: { type: "string" }, message: { type: "string" } } },
                  },
                  requestId: { type: "string" },
                },
              },
            },
          },
        },
      },
    },
  };
}

/** `/api/v1/openapi.json`, unless the configuration turns the documentation off. */
export const handleOpenApi = (request: Request): Promise<Response> =>
  handleRequest(
    request,
    "rest",
    async () => {
      if (!env().API_DOCS) throw new AppError("RESOURCE_NOT_FOUND", "There is no such address.");
      return withCors(request, Response.json(openApiDocument()));
    },
    (error, event) => withCors(request, problem(error, event.requestId)),
  );
