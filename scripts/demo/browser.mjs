// The browser in which the person answers: their own where there is one, or with --auto a headless one that answers for them.
import { spawn } from "node:child_process";
import fs from "node:fs";
import { findChromium } from "../chromium.mjs";
import { beforeExit } from "../lifetime.mjs";
import { Failure } from "../terminal.mjs";

const isWsl = () => process.platform === "linux" && /microsoft/i.test(fs.readFileSync("/proc/version", "utf8"));

/** The program that opens an address in the person's browser; null where nobody sits in front of one. */
function opener() {
  if (process.platform === "darwin") return ["open"];
  if (process.platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"];
  if (isWsl()) return ["rundll32.exe", "url.dll,FileProtocolHandler"];
  return process.env.DISPLAY || process.env.WAYLAND_DISPLAY ? ["xdg-open"] : null;
}

/** Tries to open the address. It stands in the terminal as well, so it does not matter when that fails. */
export function openInBrowser(address) {
  const [command, ...args] = opener() ?? [];
  if (!command) return;
  const child = spawn(command, [...args, address], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}

const patience = { timeout: 20_000 };

async function signIn(page, { email, password }) {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  const refusal = page.locator("form[action='/api/identity/sign-in'] [role=alert]");
  const allow = page.getByRole("button", { name: "Allow" });
  await allow.or(refusal).first().waitFor(patience);
  if (await allow.isVisible()) return;
  const said = (await refusal.first().innerText()).trim();
  throw new Failure(
    `MindFlow did not sign ${email} in: ${said}`,
    "npm start -- --demo printed the password of the demo account when it made it.\nnpm run demo -- --auto --email=… --password=…",
  );
}

/**
 * Signs in and allows what is asked, in a headless browser.
 * @param {{ email: string, password: string }} account
 * @param {"help" | "full"} preset how much it allows
 * @param {(line: string) => void} tell says what the page says
 */
export async function approve(address, account, preset, tell) {
  const { chromium } = await import("@playwright/test");
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: ["--disable-dev-shm-usage", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  const forget = beforeExit(() => browser.close());
  try {
    const page = await browser.newPage({ locale: "en-GB" });
    await page.goto(address, patience);
    tell(`A headless browser signs in as ${account.email}.`);
    await signIn(page, account);
    tell(`The page asks: ${(await page.getByRole("heading", { level: 1 }).innerText()).trim()}`);
    await page.locator(`input[name="preset"][value="${preset}"]`).check();
    tell(`It sums up: ${(await page.locator("footer p").first().innerText()).replace(/\s+/g, " ").trim()}`);
    tell("The browser presses Allow.");
    await Promise.all([
      page.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\/callback/, patience),
      page.getByRole("button", { name: "Allow" }).click(),
    ]);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(
      "The headless browser did not get through the approval",
      "Approve by hand instead: npm run demo",
      error.message,
    );
  } finally {
    forget();
    await browser.close();
  }
}
