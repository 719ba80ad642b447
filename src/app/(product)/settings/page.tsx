import { LeftNotice } from "#features/journal/components/left-notice.tsx";
import { ProfileForm } from "#features/profile/components/profile-form.tsx";
import { messages } from "#features/profile/messages.ts";
import { capabilities } from "#transports/capabilities.ts";
import { pageNotice, read } from "#transports/page.ts";
import { Button } from "#ui/button.tsx";
import { PageHeader } from "#ui/page-header.tsx";
import { Page } from "#ui/shell.tsx";

export const metadata = { title: messages.title };

/** Every zone the runtime knows, with the person's own even when it goes by an older name. */
const zonesWith = (own: string): string[] => [...new Set([own, "UTC", ...Intl.supportedValuesOf("timeZone")])].sort();

export default async function SettingsPage({ searchParams }: PageProps<"/settings">) {
  const [profile, notice] = await Promise.all([
    read(capabilities.profile.get, {}),
    pageNotice((await searchParams).notice),
  ]);
  return (
    <Page width="narrow">
      <PageHeader title={messages.title} />
      <LeftNotice notice={notice} returnTo="/settings" />
      <ProfileForm profile={profile} zones={zonesWith(profile.zone)} left={notice?.errors} />
      <section aria-labelledby="sign-out" className="mt-10 border-t border-border pt-6">
        <h2 id="sign-out" className="text-15 font-semibold">
          {messages.signOut}
        </h2>
        <p className="mt-1 mb-3 text-muted-foreground">{messages.signOutText}</p>
        <form method="post" action="/api/identity/sign-out">
          <Button type="submit">{messages.signOut}</Button>
        </form>
      </section>
    </Page>
  );
}
