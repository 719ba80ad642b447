import { z } from "zod";
import { AppError } from "#core/errors.ts";

type JsonSchema = { type?: string; anyOf?: JsonSchema[]; items?: JsonSchema; properties?: Record<string, JsonSchema> };

const schemas = new WeakMap<z.ZodObject, Record<string, JsonSchema>>();

function propertiesOf(input: z.ZodObject): Record<string, JsonSchema> {
  let properties = schemas.get(input);
  if (!properties) {
    properties = (z.toJSONSchema(input, { io: "input", unrepresentable: "any" }) as JsonSchema).properties ?? {};
    schemas.set(input, properties);
  }
  return properties;
}

const typesOf = (schema: JsonSchema | undefined): string[] =>
  schema ? [schema.type, ...(schema.anyOf ?? []).flatMap(typesOf)].filter((type) => type !== undefined) : [];

/** A text as the type the schema names; a text that does not fit stays text, so that validation names the field. */
function scalar(text: string, types: string[]): unknown {
  if ((types.includes("integer") || types.includes("number")) && /^-?\d{1,15}(\.\d+)?$/.test(text)) return Number(text);
  if (types.includes("boolean") && (text === "true" || text === "false")) return text === "true";
  return text;
}

/**
 * Query strings and form fields as typed input. An array field takes repeated names; of a form also one comma-separated text.
 * @param form a field left empty means null where there is null, else that it was not given
 * @throws VALIDATION_ERROR for a single-valued field given twice
 */
export function coerce(input: z.ZodObject, fields: Iterable<[string, string]>, form = false): Record<string, unknown> {
  const properties = propertiesOf(input);
  const values = new Map<string, string[]>();
  for (const [name, text] of fields) values.set(name, [...(values.get(name) ?? []), text]);
  const result: Record<string, unknown> = Object.create(null);
  for (const [name, texts] of values) {
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const types = typesOf(schema);
    if (types.includes("array")) {
      const parts = form ? texts.flatMap((text) => text.split(",")).map((part) => part.trim()) : texts;
      result[name] = parts.filter((part) => !form || part !== "").map((part) => scalar(part, typesOf(schema?.items)));
      continue;
    }
    if (texts.length > 1)
      throw new AppError("VALIDATION_ERROR", "Some fields need attention.", {
        details: [{ field: name, message: "Is given more than once." }],
      });
    const [text = ""] = texts;
    if (form && schema && text === "") {
      if (types.includes("null")) result[name] = null;
    } else result[name] = scalar(text, types);
  }
  return { ...result };
}
