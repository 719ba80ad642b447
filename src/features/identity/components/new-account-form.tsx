import type { Notice } from "#core/flow.ts";
import { Button } from "#ui/button.tsx";
import { Field } from "#ui/field.tsx";
import { Input, Select } from "#ui/input.tsx";
import { messages } from "../messages.ts";
import { BrowserZone } from "./browser-zone.tsx";
import { FormNotice } from "./form-notice.tsx";
import { PasswordField } from "./password-field.tsx";

const { hints, labels } = messages;
const zones = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];

type NewAccountFormProps = Readonly<{
  action: "/api/identity/set-up" | "/api/identity/sign-up";
  submit: string;
  notice: Notice | null;
  /** The only address that an invite is for. */
  email?: string | null;
}>;

/** Name, address, password and zone: the same for the first admin and for everybody invited. */
export function NewAccountForm({ action, submit, notice, email = null }: NewAccountFormProps) {
  const { errors = {}, values = {} } = notice ?? {};
  return (
    <form action={action} method="post" className="grid gap-4">
      <FormNotice notice={notice} />
      <Field id="name" label={labels.name} hint={hints.name} error={errors.name}>
        {(control) => (
          <Input {...control} name="name" required minLength={2} autoComplete="name" defaultValue={values.name} />
        )}
      </Field>
      <Field id="email" label={labels.email} error={errors.email}>
        {(control) => (
          <Input
            {...control}
            name="email"
            type="email"
            required
            autoComplete="username"
            autoCapitalize="none"
            readOnly={email !== null}
            defaultValue={email ?? values.email}
          />
        )}
      </Field>
      <PasswordField isNew error={errors.password} />
      <Field id="timeZone" label={labels.timeZone} hint={hints.timeZone} error={errors.timeZone}>
        {(control) => (
          <Select {...control} name="timeZone" defaultValue={values.timeZone ?? "UTC"}>
            {zones.map((zone) => (
              <option key={zone} value={zone}>
                {zone.replaceAll("_", " ")}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <BrowserZone target="timeZone" untouched="UTC" />
      <Button type="submit" variant="primary" className="mt-1">
        {submit}
      </Button>
    </form>
  );
}
