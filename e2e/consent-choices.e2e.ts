import AxeBuilder from "@axe-core/playwright";
import { all, allow, cancel, grantsOf, preset, says, test, toggle } from "./consent.ts";
import { expect, expectNoSidewaysScroll } from "./fixtures.ts";
import { heading } from "./pages.ts";
import { smallTargets } from "./targets.ts";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

test.describe("presets and switches", () => {
  test("with script, switches follow the preset, and a flipped switch finds its preset or “Choose myself”", async ({
    page,
    person,
    ask,
  }) => {
    expect(person.id).toBeTruthy();
    await page.goto((await ask({ scope: all })).address);
    const states = () =>
      Promise.all(
        ["Tasks", "Notifications", "Add, edit and complete tasks", "Move tasks to the trash"].map((name) =>
          toggle(page, name).isChecked(),
        ),
      );
    await expect(toggle(page, "Tasks")).toBeVisible();
    expect(await states()).toEqual([true, true, true, false]);
    await preset(page, "Look only").check();
    expect(await states()).toEqual([true, true, false, false]);
    await preset(page, "Full").check();
    expect(await states()).toEqual([true, true, true, true]);
    await toggle(page, "Move tasks to the trash").uncheck();
    await expect(preset(page, "Help")).toBeChecked();
    await toggle(page, "Notifications").uncheck();
    await expect(preset(page, "Choose myself")).toBeChecked();
    await toggle(page, "Notifications").check();
    await expect(preset(page, "Help")).toBeChecked();
  });

  test.describe("without script", () => {
    test.use({ javaScriptEnabled: false });

    test("a preset says in words what is on; switches are there only for who chooses alone", async ({
      page,
      person,
      ask,
    }) => {
      expect(person.id).toBeTruthy();
      await page.goto((await ask({ scope: all })).address);
      const rowOf = (group: string) => page.getByRole("group", { name: group, exact: true });
      await expect(page.getByRole("switch")).toHaveCount(1);
      await expect(rowOf("Change").getByText("On", { exact: true })).toBeVisible();
      await expect(rowOf("Delete").getByText("Off", { exact: true })).toBeVisible();
      await preset(page, "Look only").check();
      await expect(rowOf("Change").getByText("Off", { exact: true })).toBeVisible();
      await preset(page, "Full").check();
      await expect(rowOf("Delete").getByText("On", { exact: true })).toBeVisible();
      await preset(page, "Choose myself").check();
      await expect(page.getByRole("switch")).toHaveCount(5);
      await expect(page.getByText(/^(On|Off)$/).filter({ visible: true })).toHaveCount(0);
      await expect(toggle(page, "Move tasks to the trash")).not.toBeChecked();
    });
  });

  for (const [scope, presets, switches] of [
    ["tasks:read", ["Look only", "Choose myself"], ["Tasks"]],
    ["tasks:read tasks:write", ["Look only", "Help", "Choose myself"], ["Tasks", "Add, edit and complete tasks"]],
    ["tasks:delete openid email", ["Full", "Choose myself"], ["Move tasks to the trash", "Your e-mail address"]],
    [
      all,
      ["Look only", "Help", "Full", "Choose myself"],
      [
        "Tasks",
        "Notifications",
        "Add, edit and complete tasks",
        "Move tasks to the trash",
        "Your name and e-mail address",
      ],
    ],
  ] as const)
    test(`asked for “${scope}”, the page shows that and nothing more`, async ({ page, person, ask }) => {
      expect(person.id).toBeTruthy();
      await page.goto((await ask({ scope })).address);
      await expect(heading(page, "Let Aide work with your tasks?")).toBeVisible();
      await expect(page.getByRole("group", { name: "How much may it do?" }).getByRole("radio")).toHaveCount(
        presets.length,
      );
      for (const name of presets) await expect(preset(page, name)).toHaveCount(1);
      await expect(page.getByRole("switch")).toHaveCount(switches.length);
      for (const name of switches) await expect(toggle(page, name)).toHaveCount(1);
      if (scope.includes("delete")) await expect(toggle(page, "Move tasks to the trash")).not.toBeChecked();
    });
});

test.describe("for everybody", () => {
  test.use({ contextOptions: { reducedMotion: "reduce" } });

  // One for each: none of them runs out of time on a busy machine.
  for (const [colorScheme, width] of [
    ["light", 1280],
    ["dark", 1280],
    ["light", 390],
    ["dark", 390],
    ["light", 320],
  ] as const)
    test(`axe finds nothing, there is one heading, and nothing sticks out: ${colorScheme}, ${width} px`, async ({
      page,
      person,
      ask,
    }) => {
      expect(person.id).toBeTruthy();
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.goto((await ask({ name: "Claude", scope: all })).address);
      for (const show of [
        async () => {},
        async () => {
          await page.getByText("Full address").click();
          await preset(page, "Choose myself").check();
        },
        async () => void (await page.goto("/oauth/consent/made-up")),
      ]) {
        await show();
        await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
        await expectNoSidewaysScroll(page);
        const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
        const found = violations.flatMap(({ id, nodes }) =>
          nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`),
        );
        expect(found).toEqual([]);
      }
    });

  test.describe("by touch", () => {
    test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 780 } });

    test("every target is at least 44 px", async ({ page, person, ask, listener }) => {
      const { clientId } = await ask({ scope: all });
      await page.goto((await ask({ clientId, scope: all })).address);
      await allow(page).tap();
      await listener.answer(page);
      for (const width of [390, 320]) {
        await page.setViewportSize({ width, height: 780 });
        // Once more, so that there is a connection to replace.
        await page.goto((await ask({ clientId, scope: all })).address);
        await page.getByText("Full address").tap();
        await expectNoSidewaysScroll(page);
        expect(await smallTargets(page)).toEqual([]);
      }
      expect(await grantsOf(person.id)).toHaveLength(1);
    });
  });

  test("read from right to left it keeps its order and sticks out nowhere", async ({ page, person, ask }) => {
    expect(person.id).toBeTruthy();
    for (const width of [1280, 390, 320]) {
      await page.setViewportSize({ width, height: 800 });
      await page.goto((await ask({ name: "مساعد", scope: all })).address);
      await page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));
      await expectNoSidewaysScroll(page);
      const [first, second] = [await cancel(page).boundingBox(), await allow(page).boundingBox()];
      expect((first?.x ?? 0) > (second?.x ?? 0)).toBe(true);
    }
  });

  test("by keyboard alone: every control is reached in order, and Space on Allow lets it in", async ({
    page,
    person,
    ask,
    listener,
  }) => {
    await page.goto((await ask({ scope: "tasks:read tasks:write" })).address);
    await expect(toggle(page, "Tasks")).toBeVisible();
    const reached: string[] = [];
    for (let step = 0; step < 20; step++) {
      await page.keyboard.press("Tab");
      const name = await page.evaluate(() => {
        const { activeElement: at } = document;
        if (!(at instanceof HTMLElement)) return "";
        const box = at.getBoundingClientRect();
        const name = at.getAttribute("value") ?? at.getAttribute("name") ?? at.textContent ?? "";
        return box.bottom > 0 && box.top < innerHeight ? name : `${name} is out of sight`;
      });
      reached.push(name);
      if (name === "look" || name === "help") await page.keyboard.press("ArrowLeft");
      if (name === "allow") break;
    }
    expect(reached).toEqual([
      "Not you? Switch account",
      "Full address",
      "help",
      "tasks:read",
      "tasks:write",
      "month",
      "Assistants",
      "cancel",
      "allow",
    ]);
    await says(page, "Aide may read your tasks until");
    await page.keyboard.press("Space");
    await listener.answer(page);
    expect((await grantsOf(person.id))[0]?.scopes).toEqual(["tasks:read"]);
  });
});
