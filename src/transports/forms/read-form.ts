import "server-only";
import { AppError, invalid } from "#core/errors.ts";
import { readBody } from "#core/request.ts";
import { messages } from "./messages.ts";

const limitBytes = 16 * 1024;

async function entriesOf(body: string, contentType: string): Promise<[string, unknown][]> {
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase();
  if (type === "application/x-www-form-urlencoded") return [...new URLSearchParams(body)];
  if (type !== "multipart/form-data") throw new AppError("UNSUPPORTED_MEDIA_TYPE", messages.form);
  try {
    return [...(await new Response(body, { headers: { "Content-Type": contentType } }).formData())];
  } catch {
    throw new AppError("VALIDATION_ERROR", messages.malformed);
  }
}

/**
 * The fields of a plain HTML form, at most 16 KB.
 * @throws AppError UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE, or VALIDATION_ERROR naming a field that came twice or is a file
 */
export async function readForm(request: Request): Promise<Record<string, string>> {
  const body = await readBody(request, limitBytes);
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of await entriesOf(body, request.headers.get("content-type") ?? "")) {
    if (typeof value !== "string") throw invalid(name, messages.file);
    if (name in fields) throw invalid(name, messages.duplicate);
    fields[name] = value;
  }
  return { ...fields };
}
