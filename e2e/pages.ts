import { expect, type Locator, type Page } from "@playwright/test";

/** The pages' parts by role and name, as somebody using them would find them. */

/**
 * Opens a page and waits until script has taken it over: what is typed before that goes to the page as the server wrote it,
 * which no person is quick enough for.
 */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.waitForFunction(() =>
    Object.keys(document.querySelector("main") ?? {}).some((key) => key.startsWith("__reactFiber")),
  );
  await page.evaluate(() => new Promise((done) => requestIdleCallback(() => setTimeout(done))));
}

/** One line of a list, found by its task's title. */
export const row = (page: Page, title: string): Locator =>
  page.getByRole("listitem").filter({ has: page.getByRole("link", { name: title, exact: true }) });

export const heading = (page: Page, name: string): Locator => page.getByRole("heading", { level: 1, name });

/** What is told at the bottom of the page, or on it, about what was just done. */
export const told = (page: Page, text: string | RegExp): Locator =>
  page.getByRole("status").filter({ hasText: text }).first();

/** What is told about something that went wrong. */
export const alerted = (page: Page, text: string | RegExp): Locator =>
  page.getByRole("alert").filter({ hasText: text });

export const mainNav = (page: Page): Locator => page.getByRole("navigation", { name: "Main" });

/** Goes to one of the places in the sidebar, and is there: the page before it stays in sight until the next one has come. */
export async function goTo(page: Page, place: string): Promise<void> {
  const link = mainNav(page).getByRole("link", { name: new RegExp(`^${place}`) });
  await link.click();
  await expect(link).toHaveAttribute("aria-current", "page");
}

/** The form in which a task is added, on the page or in a dialog. */
export const composer = (page: Page): Locator => page.getByRole("form", { name: "Add task" });

export const titleOf = (form: Locator): Locator => form.getByRole("textbox", { name: "Task", exact: true });

export type NewTask = Readonly<{
  title: string;
  day?: string;
  time?: string;
  priority?: "Highest" | "High" | "Normal" | "Low" | "Lowest";
  estimate?: string;
  tags?: string;
}>;

/** Fills in everything about a new task. */
export async function fillTask(form: Locator, task: NewTask): Promise<void> {
  await titleOf(form).fill(task.title);
  if (task.day) await form.getByLabel("Due on").fill(task.day);
  if (task.time) await form.getByLabel("At", { exact: true }).fill(task.time);
  if (task.priority) await form.getByLabel("Priority").selectOption({ label: task.priority });
  if (task.estimate) await form.getByLabel("Estimate").selectOption({ label: task.estimate });
  if (task.tags) await form.getByLabel("Tags").fill(task.tags);
}

/** Adds a task by hand. */
export async function addTask(page: Page, task: NewTask): Promise<void> {
  await fillTask(composer(page), task);
  await composer(page).getByRole("button", { name: "Add task" }).click();
}

/** Signs in by hand on the page that asks for it. */
export async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}
