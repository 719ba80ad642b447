/** See postgres.mjs. */
export function startPostgres(options: { dataDir: string; password?: string; fast?: boolean }): Promise<{
  port: number;
  adopted: boolean;
  url(database?: string): string;
  stop(): Promise<void>;
}>;
