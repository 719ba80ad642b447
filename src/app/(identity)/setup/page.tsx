import { FormNotice } from "#features/identity/components/form-notice.tsx";
import { IdentityCard } from "#features/identity/components/identity-card.tsx";
import { NewAccountForm } from "#features/identity/components/new-account-form.tsx";
import { messages } from "#features/identity/messages.ts";
import { setUpPage } from "#transports/forms/identity.ts";
import { refusePage } from "#transports/page.ts";
import { ButtonLink } from "#ui/button.tsx";

const { setUp, signIn } = messages;

export const metadata = { title: setUp.title };

export default async function Page({ searchParams }: PageProps<"/setup">) {
  const { notice, state } = await setUpPage(searchParams).catch(refusePage);
  if (state === "done")
    return (
      <IdentityCard title={setUp.done} lead={setUp.doneLead}>
        <ButtonLink href="/sign-in" variant="primary" className="w-full">
          {signIn.title}
        </ButtonLink>
      </IdentityCard>
    );
  if (state === "closed")
    return (
      <IdentityCard title={setUp.noLink} lead={setUp.noLinkLead}>
        {notice && <FormNotice notice={notice} />}
      </IdentityCard>
    );
  return (
    <IdentityCard title={setUp.title} lead={setUp.lead}>
      <NewAccountForm action="/api/identity/set-up" submit={setUp.submit} notice={notice} />
    </IdentityCard>
  );
}
