"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useTRPCClient } from "#core/trpc.ts";
import { Button } from "#ui/button.tsx";
import { Field } from "#ui/field.tsx";
import { Input, Select } from "#ui/input.tsx";
import { useToasts } from "#ui/toast.tsx";
import { messages } from "../messages.ts";
import type { Profile } from "../schema.ts";

type Errors = Readonly<Record<string, string>>;
type ProfileFormProps = Readonly<{ profile: Profile; zones: readonly string[]; left?: Errors | undefined }>;

/** The field errors of a refusal, by field. */
const errorsOf = (error: { data?: { details?: readonly { field: string; message: string }[] } | null }): Errors =>
  Object.fromEntries((error.data?.details ?? []).map(({ field, message }) => [field, message]));

/** Name, zone and theme; a plain form without script. */
export function ProfileForm({ profile, zones, left = {} }: ProfileFormProps) {
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const router = useRouter();
  const toasts = useToasts();
  const [errors, setErrors] = useState<Errors>(left);
  const save = useMutation({
    mutationFn: (patch: { name: string; zone: string; theme: Profile["theme"] }) => client.profile.update.mutate(patch),
    onSuccess: ({ updatedFields, operationId }) => {
      setErrors({});
      toasts.show({
        text: messages.saved(updatedFields),
        undo: operationId
          ? async () => {
              await client.operations.undo.mutate({ id: operationId });
              router.refresh();
            }
          : undefined,
      });
      // Zone and theme are part of every page that the server rendered.
      router.refresh();
      return queryClient.invalidateQueries();
    },
    onError: (error) => {
      const found = errorsOf(error as Parameters<typeof errorsOf>[0]);
      setErrors(found);
      if (Object.keys(found).length === 0) toasts.error(error.message);
    },
  });
  return (
    <form
      key={profile.updatedAt}
      method="post"
      action="/api/forms/profile.update"
      className="grid max-w-100 gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        save.mutate({
          name: String(form.get("name")),
          zone: String(form.get("zone")),
          theme: String(form.get("theme")) as Profile["theme"],
        });
      }}
    >
      <input type="hidden" name="returnTo" value="/settings" />
      <Field id="name" label={messages.name} hint={messages.nameHint} error={errors.name}>
        {(control) => (
          <Input
            {...control}
            name="name"
            defaultValue={profile.name}
            autoComplete="name"
            required
            minLength={2}
            maxLength={100}
          />
        )}
      </Field>
      <Field id="email" label={messages.email}>
        {(control) => <Input {...control} defaultValue={profile.email} disabled />}
      </Field>
      <Field id="zone" label={messages.zone} hint={messages.zoneHint} error={errors.zone}>
        {(control) => (
          <Select {...control} name="zone" defaultValue={profile.zone}>
            {zones.map((zone) => (
              <option key={zone} value={zone}>
                {zone.replaceAll("_", " ")}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field id="theme" label={messages.theme} error={errors.theme}>
        {(control) => (
          <Select {...control} name="theme" defaultValue={profile.theme}>
            {(["system", "light", "dark"] as const).map((theme) => (
              <option key={theme} value={theme}>
                {messages.themes[theme]}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <div>
        <Button type="submit" variant="primary" busy={save.isPending}>
          {messages.save}
        </Button>
      </div>
    </form>
  );
}
