/** See throwaway.mjs. */
export function startThrowaway(): Promise<{
  port: number;
  adopted: boolean;
  url(database?: string): string;
  stop(): Promise<void>;
}>;
