import { ConsentOver } from "#features/connections/components/consent-page.tsx";
import { refusals } from "#features/connections/consent.ts";

export const metadata = { title: refusals.over.title };

export default ConsentOver;
