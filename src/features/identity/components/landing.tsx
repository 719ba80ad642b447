import { ButtonLink } from "#ui/button.tsx";
import { messages } from "../messages.ts";
import { IdentityCard } from "./identity-card.tsx";

const { landing } = messages;

/** What a signed-out visitor sees first. */
export function Landing() {
  return (
    <IdentityCard title={landing.title} lead={landing.lead} footer={messages.signIn.noAccount}>
      <ul className="mb-5 grid gap-3">
        {landing.points.map(([head, rest]) => (
          <li key={head} className="text-pretty text-muted-foreground">
            <b className="font-semibold text-foreground">{head}</b> {rest}
          </li>
        ))}
      </ul>
      <ButtonLink href="/sign-in" variant="primary" className="w-full">
        {messages.signIn.title}
      </ButtonLink>
    </IdentityCard>
  );
}
