/** See migrate.mjs. */
export function deploy(url: string): Promise<string[]>;
export function create(url: string, name: string): Promise<string | null>;
export function check(url: string): Promise<string[]>;
export function reset(url: string): Promise<string[]>;
