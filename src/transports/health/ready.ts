import "server-only";
import { pooled, sql } from "#core/db.ts";
import { log } from "#core/log.ts";

const ping = sql("SELECT 1 AS ok");
const patienceMs = 2000;

/** Asks every part that requests need; 503 names the one that does not answer (requirements M-160, F-73). Detail goes to the log. */
export async function handleReady(): Promise<Response> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer in time")), patienceMs);
  });
  const database = await Promise.race([pooled().query(ping, []), late]).then(
    () => "ok" as const,
    (error: unknown) => {
      log().error({ err: error }, "not ready: database");
      return "unavailable" as const;
    },
  );
  clearTimeout(timer);
  const isReady = database === "ok";
  return Response.json(
    { status: isReady ? "ok" : "degraded", checks: { database } },
    { status: isReady ? 200 : 503, headers: { "Cache-Control": "no-store" } },
  );
}
