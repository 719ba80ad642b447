import { type Actor, mintActor, type Via } from "#core/context.ts";
import { pooled, prisma, sql } from "#core/db.ts";
import { newId } from "#core/id.ts";
import { type Scope, scopes } from "#core/scopes.ts";

export type Person = { id: string; email: string; name: string };

let count = 0;

/** A person with an address nobody else has. */
export async function makePerson(
  values: { zone?: string; role?: "user" | "admin"; name?: string; passwordHash?: string } = {},
): Promise<Person> {
  const id = newId();
  const { zone = "Asia/Kathmandu", role = "user", name = "Mara Lindqvist", passwordHash } = values;
  const email = `person-${++count}-${id.slice(-6)}@example.com`;
  await prisma().user.create({
    data: { id, email, name, role, timeZone: zone, ...(passwordHash ? { passwordHash } : {}) },
  });
  return { id, email, name };
}

/** A credential of the harness's own: somebody acting for `person`, as a door would have found out. */
export const actorOf = (
  person: Person,
  values: {
    via?: Via;
    scopes?: readonly Scope[];
    fence?: readonly string[] | null;
    zone?: string;
    grantId?: string;
  } = {},
): Actor =>
  mintActor({
    userId: person.id,
    via: values.via ?? "browser",
    scopes: new Set(values.scopes ?? scopes),
    fence: values.fence ?? null,
    sessionId: null,
    clientId: values.via === "assistant" ? "https://assistant.example/client.json" : null,
    clientName: values.via === "assistant" ? "Assistant" : null,
    grantId: values.grantId ?? null,
    name: person.name,
    email: person.email,
    role: "user",
    zone: values.zone ?? "Asia/Kathmandu",
    theme: "system",
  });

/** A project, for fences; its page comes later. */
export async function makeProject(person: Person, name = "Harbour Museum"): Promise<string> {
  const id = newId();
  await prisma().project.create({ data: { id, userId: person.id, name } });
  return id;
}

/** Many open tasks in one statement. */
export async function makeTasks(person: Person, howMany: number): Promise<void> {
  await pooled().query(
    sql(`INSERT INTO tasks (id, user_id, title, priority, due_date, estimate_minutes, created_at, updated_at)
      SELECT gen_random_uuid(), $1::uuid, 'Task ' || n, 1 + n % 5, CASE WHEN n % 3 = 0 THEN current_date + (n % 60) - 10 END,
        CASE WHEN n % 4 = 0 THEN 15 + n % 90 END, now() - n * interval '1 minute', now() FROM generate_series(1, $2::int) n`),
    [person.id, howMany],
  );
}
