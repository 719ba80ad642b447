import { ConsentPage } from "#features/connections/components/consent-page.tsx";
import { messages } from "#features/connections/components/consent-words.ts";
import { consentPage } from "#transports/oauth/consent.ts";

export const metadata = { title: messages.title };

export default async function Page({ params, searchParams }: PageProps<"/oauth/consent/[uid]">) {
  return <ConsentPage {...(await consentPage((await params).uid, (await searchParams).notice))} />;
}
