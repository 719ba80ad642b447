import { redirect } from "next/navigation";
import { Landing } from "#features/identity/components/landing.tsx";
import { visitor } from "#transports/page.ts";

export default async function Page() {
  const { actor } = await visitor();
  if (actor) redirect("/next");
  return <Landing />;
}
