import packageJson from "../../package.json" with { type: "json" };

/** What this server calls itself where programs ask. */
export const product = { server: "MindFlow", version: packageJson.version } as const;
