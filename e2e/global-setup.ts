import { startThrowaway } from "../scripts/throwaway.mjs";
import { startProduct } from "./product.ts";

/** One throw-away Postgres and one built server for all journeys; a journey that needs an empty database starts its own. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const postgres = await startThrowaway();
  const product = await startProduct(postgres.url("postgres")).catch(async (error: unknown) => {
    await postgres.stop();
    throw error;
  });
  process.env.E2E_POSTGRES_URL = postgres.url("postgres");
  process.env.E2E_DATABASE_URL = product.databaseUrl;
  process.env.E2E_URL = product.url;
  return async () => {
    await product.stop();
    await postgres.stop();
  };
}
