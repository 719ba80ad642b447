import { redirect } from "next/navigation";
import { IdentityCard } from "#features/identity/components/identity-card.tsx";
import { SignInForm } from "#features/identity/components/sign-in-form.tsx";
import { messages } from "#features/identity/messages.ts";
import { signInPage } from "#transports/forms/identity.ts";
import { visitor } from "#transports/page.ts";

const { signIn } = messages;

export const metadata = { title: signIn.title };

export default async function Page({ searchParams }: PageProps<"/sign-in">) {
  if ((await visitor()).actor) redirect("/next");
  return (
    <IdentityCard title={signIn.title} lead={signIn.lead} footer={signIn.noAccount}>
      <SignInForm {...(await signInPage(searchParams))} />
    </IdentityCard>
  );
}
