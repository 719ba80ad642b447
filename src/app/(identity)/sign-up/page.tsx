import { FormNotice } from "#features/identity/components/form-notice.tsx";
import { IdentityCard } from "#features/identity/components/identity-card.tsx";
import { NewAccountForm } from "#features/identity/components/new-account-form.tsx";
import { messages } from "#features/identity/messages.ts";
import { signUpPage } from "#transports/forms/identity.ts";
import { refusePage } from "#transports/page.ts";

const { signUp } = messages;

export const metadata = { title: signUp.title };

export default async function Page({ searchParams }: PageProps<"/sign-up">) {
  const { notice, invite } = await signUpPage(searchParams).catch(refusePage);
  if (!invite)
    return (
      <IdentityCard title={signUp.noLink} lead={signUp.noLinkLead}>
        {notice && <FormNotice notice={notice} />}
      </IdentityCard>
    );
  return (
    <IdentityCard title={signUp.title} lead={signUp.lead}>
      <NewAccountForm action="/api/identity/sign-up" submit={signUp.submit} notice={notice} email={invite.email} />
    </IdentityCard>
  );
}
