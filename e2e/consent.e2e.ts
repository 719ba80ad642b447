import { all, allow, cancel, grantsOf, lifetime, preset, says, test, toggle, uidOf } from "./consent.ts";
import { expect, givePassword, password, query, seedTasks } from "./fixtures.ts";
import { redeem } from "./oauth.ts";
import { alerted, heading, signIn } from "./pages.ts";

test.describe("a person lets an assistant in", () => {
  for (const javaScriptEnabled of [true, false])
    test.describe(javaScriptEnabled ? "with script" : "without script", () => {
      test.use({ javaScriptEnabled });

      test("as it is proposed: reading and editing for 30 days, by a code that only the app can use", async ({
        page,
        person,
        ask,
        listener,
        baseURL,
      }) => {
        await seedTasks(person, ["One", "Two", "Three"]);
        const app = await ask({ name: "Aide", scope: all });
        await page.goto(app.address);
        await expect(page).toHaveURL(/\/oauth\/consent\/[\w-]+$/);
        await expect(heading(page, "Let Aide work with your tasks?")).toBeVisible();
        for (const words of [
          "Unverified: chose its own name",
          "no address of its own",
          `an app on this computer, port ${new URL(listener.redirectUri).port}`,
          new URL(baseURL ?? "").host,
          "First time here.",
          "An app on this computer asks.",
          "change your password, mail or second factor",
          "create keys or invite people",
          "approve its own requests",
          "see other people",
        ])
          await expect(page.getByRole("main").getByText(words).first()).toBeVisible();
        await expect(page.getByRole("main")).toContainText(person.name);
        await expect(page.getByRole("main")).toContainText(person.email);
        await expect(page.getByRole("main")).toContainText("of your 3 tasks");
        await expect(preset(page, "Help")).toBeChecked();
        await expect(lifetime(page, "30 days")).toBeChecked();
        await says(page, /Aide may read and edit your tasks, and read your notifications until/);
        await says(page, "It cannot delete.");
        await allow(page).click();
        const answer = await listener.answer(page);
        expect(answer).toEqual({ code: expect.any(String), state: app.state, iss: baseURL });
        expect(await redeem(baseURL ?? "", app, answer.code ?? "")).toMatchObject({
          status: 200,
          scope: "tasks:read tasks:write notifications:read",
        });
        const [grant] = await grantsOf(person.id);
        expect(grant?.days).toBe(30);
        expect(grant?.scopes).not.toContain("tasks:delete");
        expect(grant?.scopes).toEqual(expect.arrayContaining(["profile", "email"]));
      });

      for (const [label, days] of [
        ["1 hour", 0.042],
        ["1 day", 1],
        ["90 days", 90],
        ["Until I stop it", null],
      ] as const)
        test(`for as long as they say: ${label}`, async ({ page, person, ask, listener }) => {
          await page.goto((await ask()).address);
          await lifetime(page, label).check();
          await says(
            page,
            days === null ? "until you stop it" : days < 2 ? /until (today|tomorrow) at \d\d:\d\d/ : /until \d+ \w+/,
          );
          await expect(
            page.getByText(days === null ? "No end." : /^Ends \w+ \d+ \w+ 20\d\d/).filter({ visible: true }),
          ).toHaveCount(1);
          await allow(page).click();
          await listener.answer(page);
          expect((await grantsOf(person.id)).map((grant) => grant.days)).toEqual([days]);
        });

      test("to look only, or with deleting, by a preset alone", async ({ page, person, ask, listener }) => {
        for (const [name, words, scopes] of [
          ["Look only", "may read your tasks, and read your notifications", ["tasks:read", "notifications:read"]],
          [
            "Full",
            "may read, edit and delete your tasks, and read your notifications",
            ["tasks:read", "tasks:write", "tasks:delete", "notifications:read"],
          ],
        ] as const) {
          await page.goto((await ask({ scope: all })).address);
          await preset(page, name).check();
          await toggle(page, "Your name and e-mail address").uncheck();
          await says(page, words);
          await allow(page).click();
          await listener.answer(page);
          const grant = (await grantsOf(person.id)).at(-1);
          expect(grant?.scopes.filter((scope) => scope.includes(":")).sort()).toEqual([...scopes].sort());
          expect(grant?.scopes).not.toContain("profile");
          expect(grant?.scopes).not.toContain("email");
        }
      });

      test("as they choose, switch by switch", async ({ page, person, ask, listener, baseURL }) => {
        const app = await ask({ scope: all });
        await page.goto(app.address);
        await preset(page, "Choose myself").check();
        await toggle(page, "Tasks").uncheck();
        await toggle(page, "Notifications").uncheck();
        await toggle(page, "Add, edit and complete tasks").uncheck();
        await says(page, "may do nothing until");
        await says(page, "Switch something on before you allow it.");
        await toggle(page, "Tasks").check();
        await toggle(page, "Move tasks to the trash").check();
        await says(page, "may read and delete your tasks until");
        await says(page, "What it deletes stays in the trash for 30 days.");
        await allow(page).click();
        const answer = await listener.answer(page);
        expect((await redeem(baseURL ?? "", app, answer.code ?? "")).scope?.split(" ").sort()).toEqual([
          "tasks:delete",
          "tasks:read",
        ]);
        expect((await grantsOf(person.id))[0]?.scopes).not.toContain("tasks:write");
      });

      test("not at all: the app hears access_denied, with its state and from whom", async ({
        page,
        person,
        ask,
        listener,
        baseURL,
      }) => {
        const app = await ask();
        await page.goto(app.address);
        await cancel(page).click();
        expect(await listener.answer(page)).toEqual({
          error: "access_denied",
          error_description: expect.any(String),
          state: app.state,
          iss: baseURL,
        });
        expect(await grantsOf(person.id)).toEqual([]);
      });

      test("allowing nothing goes back to the page, which says so and keeps the choice", async ({
        page,
        person,
        ask,
        listener,
      }) => {
        await page.goto((await ask({ scope: all })).address);
        await preset(page, "Choose myself").check();
        for (const name of ["Tasks", "Notifications", "Add, edit and complete tasks", "Your name and e-mail address"])
          await toggle(page, name).uncheck();
        await lifetime(page, "1 day").check();
        await allow(page).click();
        await expect(alerted(page, "Nothing was allowed yet: switch on at least one thing, or cancel.")).toBeVisible();
        await expect(preset(page, "Choose myself")).toBeChecked();
        await expect(lifetime(page, "1 day")).toBeChecked();
        await expect(toggle(page, "Your name and e-mail address")).not.toBeChecked();
        expect([await grantsOf(person.id), listener.count]).toEqual([[], 0]);
        await toggle(page, "Tasks").check();
        await allow(page).click();
        await listener.answer(page);
        expect(await grantsOf(person.id)).toMatchObject([{ days: 1 }]);
      });

      test("who is not the one signed in switches, and the request starts over as theirs", async ({
        page,
        person,
        ask,
        listener,
      }) => {
        const [other] = await query<{ id: string; email: string }>(
          "INSERT INTO users (id, email, name) VALUES (gen_random_uuid(), gen_random_uuid() || '@example.com', 'Bo Ek') RETURNING id, email",
        );
        await givePassword({ ...person, id: other?.id ?? "" });
        await page.goto((await ask()).address);
        const first = uidOf(page);
        await page.getByRole("button", { name: "Not you? Switch account" }).click();
        await expect(heading(page, "Sign in")).toBeVisible();
        await signIn(page, other?.email ?? "", password);
        await expect(heading(page, "Let Aide work with your tasks?")).toBeVisible();
        await expect(page.getByRole("main")).toContainText(other?.email ?? "");
        await expect(page.getByRole("main")).not.toContainText(person.email);
        expect(uidOf(page)).not.toBe(first);
        await allow(page).click();
        await listener.answer(page);
        expect([await grantsOf(person.id), (await grantsOf(other?.id ?? "")).length]).toEqual([[], 1]);
      });
    });

  test("signed out, they sign in first and come to the same request", async ({ page, account, ask, listener }) => {
    await givePassword(account);
    await page.goto((await ask()).address);
    await expect(heading(page, "Sign in")).toBeVisible();
    await signIn(page, account.email, password);
    await expect(heading(page, "Let Aide work with your tasks?")).toBeVisible();
    await allow(page).click();
    await listener.answer(page);
    expect(await grantsOf(account.id)).toHaveLength(1);
  });

  test("a new connection leaves the one before alone, unless they say it replaces it", async ({
    page,
    person,
    ask,
    listener,
  }) => {
    const { clientId } = await ask();
    for (const [replaces, alive] of [
      [false, [true]],
      [false, [true, true]],
      [true, [false, false, true]],
    ] as const) {
      await page.goto((await ask({ clientId })).address);
      const box = page.getByRole("switch", { name: /^Replace the / });
      if (alive.length > 1) await expect(box).not.toBeChecked();
      else await expect(box).toHaveCount(0);
      await expect(page.getByText("First time here.")).toHaveCount(alive.length > 1 ? 0 : 1);
      await says(page, /^(?!.*ends\.)/s);
      if (replaces) {
        await box.check();
        await says(page, "What was connected before ends.");
      }
      await allow(page).click();
      await listener.answer(page);
      expect((await grantsOf(person.id)).map((grant) => grant.ended_at === null)).toEqual(alive);
    }
  });
});
