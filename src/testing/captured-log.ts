import { makeLog } from "#core/log.ts";

const shared = globalThis as unknown as { mindflowLog?: ReturnType<typeof makeLog> };

export type LogLine = Record<string, unknown> & { level: string };

/** Runs `work` with the product's own logger writing into memory. @returns its lines, parsed and as they were written */
export async function captureLog<T>(work: () => Promise<T>): Promise<{ result: T; lines: LogLine[]; text: string }> {
  const written: string[] = [];
  const before = shared.mindflowLog;
  shared.mindflowLog = makeLog("debug", { write: (line) => void written.push(line) });
  try {
    const result = await work();
    return { result, lines: written.map((line) => JSON.parse(line) as LogLine), text: written.join("") };
  } finally {
    if (before) shared.mindflowLog = before;
    else delete shared.mindflowLog;
  }
}
