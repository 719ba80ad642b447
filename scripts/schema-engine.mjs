// Prisma's schema engine as WebAssembly, on our own connections. It works around five defects of @prisma/adapter-pg 7.10
// when migrations use it: its shadow connection lands on the main database when given a URL, and cannot drop the shadow
// database otherwise; it splits scripts at every ";", function bodies included; it does not know PostgreSQL's "char" type;
// and the engine leaves a timer that keeps the process alive for ten seconds.
import { randomUUID } from "node:crypto";
import fs from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import * as glue from "@prisma/schema-engine-wasm/schema_engine_bg";
import pg from "pg";

const CHAR_OID = 18;
const TEXT_OID = 25;

/** Makes an adapter read "char" columns and run scripts whole. */
function mended(adapter) {
  const pool = adapter.underlyingDriver();
  const query = pool.query.bind(pool);
  const queryRaw = adapter.queryRaw.bind(adapter);
  const charColumns = new WeakMap(); // rows → positions
  pool.query = async (...args) => {
    const result = await query(...args);
    const found = (result.fields ?? []).flatMap((field, i) => (field.dataTypeID === CHAR_OID ? [i] : []));
    for (const i of found) result.fields[i].dataTypeID = TEXT_OID;
    if (found.length > 0) charColumns.set(result.rows, found);
    return result;
  };
  adapter.queryRaw = async (statement) => {
    const result = await queryRaw(statement);
    for (const i of charColumns.get(result.rows) ?? []) result.columnTypes[i] = ColumnTypeEnum.Character;
    return result;
  };
  adapter.executeScript = async (sql) => {
    try {
      await query(sql);
    } catch (error) {
      adapter.onError(error);
    }
  };
  return adapter;
}

class Connections extends PrismaPg {
  #url;
  #open = [];

  constructor(url) {
    super(url);
    this.#url = url;
  }

  async connect() {
    const adapter = mended(await super.connect());
    this.#open.push(adapter);
    return adapter;
  }

  /** An empty database beside the real one, dropped when the engine is done with it. */
  async connectToShadowDb() {
    const name = `shadow_${randomUUID().replaceAll("-", "")}`;
    const admin = new pg.Client(this.#url);
    await admin.connect();
    await admin.query(`CREATE DATABASE ${name} TEMPLATE template0`);
    const url = new URL(this.#url);
    url.pathname = `/${name}`;
    const adapter = mended(await new PrismaPg(url.href).connect());
    const dispose = adapter.dispose.bind(adapter);
    adapter.dispose = async () => {
      await dispose();
      await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await admin.end();
    };
    return adapter;
  }

  close() {
    return Promise.allSettled(this.#open.map((adapter) => adapter.dispose()));
  }
}

let loading;

/** Loads the engine once per process. */
function load() {
  loading ??= (async () => {
    globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => console.error("schema engine:", message) };
    const entry = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg");
    const code = await fs.readFile(path.join(path.dirname(entry), "schema_engine_bg.wasm"));
    const isTimer = (name) => name.startsWith("__wbg_setTimeout");
    const unheld = (callback, ms) => setTimeout(callback, ms >>> 0).unref();
    const imports = Object.fromEntries(
      Object.entries(glue).map(([name, value]) => [name, isTimer(name) ? unheld : value]),
    );
    const { instance } = await WebAssembly.instantiate(code, { "./schema_engine_bg.js": imports });
    glue.__wbg_set_wasm(instance.exports);
    instance.exports.__wbindgen_start();
  })();
  return loading;
}

/** Runs `work` with an engine on this database, and closes every connection afterwards. */
export async function withSchemaEngine(url, work) {
  await load();
  const connections = new Connections(url);
  const engine = await glue.SchemaEngine.new(
    { datamodels: undefined },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(connections),
  );
  try {
    return await work(engine);
  } finally {
    engine.free();
    await connections.close();
  }
}
