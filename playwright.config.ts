import { existsSync } from "node:fs";
import { defineConfig, devices } from "@playwright/test";

// Playwright's own Chromium where it is installed, else the machine's.
const system = [
  process.env.CHROMIUM_PATH,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => path && existsSync(path));

export default defineConfig({
  testDir: "e2e",
  testMatch: "*.e2e.ts",
  globalSetup: "./e2e/global-setup.ts",
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  use: {
    // Set by the global setup, before the workers read this file.
    ...(process.env.E2E_URL ? { baseURL: process.env.E2E_URL } : {}),
    // What cannot be clicked should say so, not wait until the journey's time is up.
    actionTimeout: 20_000,
    locale: "en-GB",
    // The browser's zone is neither the server's nor the person's: whoever mixes them up fails here.
    timezoneId: "Pacific/Auckland",
    trace: "retain-on-failure",
    launchOptions: {
      ...(system ? { executablePath: system } : {}),
      args: [
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--disable-default-apps",
        "--disable-domain-reliability",
        "--disable-features=OptimizationHints,MediaRouter,Translate",
      ],
    },
  },
  projects: [{ name: "chromium", use: { ...devices["Desktop Chrome"], viewport: { width: 1280, height: 800 } } }],
});
