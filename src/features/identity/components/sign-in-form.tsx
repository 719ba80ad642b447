import type { Notice } from "#core/flow.ts";
import { Button } from "#ui/button.tsx";
import { Field } from "#ui/field.tsx";
import { Input } from "#ui/input.tsx";
import { messages } from "../messages.ts";
import { FormNotice } from "./form-notice.tsx";
import { PasswordField } from "./password-field.tsx";

const { labels, signIn } = messages;

/** A plain form post: it works before and without any script. */
export function SignInForm({ notice, returnTo }: Readonly<{ notice: Notice | null; returnTo: string }>) {
  return (
    <form action="/api/identity/sign-in" method="post" className="grid gap-4">
      <FormNotice notice={notice} />
      <input type="hidden" name="returnTo" value={returnTo} />
      <Field id="email" label={labels.email} error={notice?.errors?.email}>
        {(control) => (
          <Input
            {...control}
            name="email"
            type="email"
            required
            autoComplete="username"
            autoCapitalize="none"
            defaultValue={notice?.values?.email}
          />
        )}
      </Field>
      <PasswordField error={notice?.errors?.password} />
      <Button type="submit" variant="primary" className="mt-1">
        {signIn.submit}
      </Button>
    </form>
  );
}
