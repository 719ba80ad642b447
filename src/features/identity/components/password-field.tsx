"use client";
import { useState } from "react";
import { Field } from "#ui/field.tsx";
import { Input } from "#ui/input.tsx";
import { messages } from "../messages.ts";
import { passwordStrength } from "../rules.ts";

const { labels, hints } = messages;
const tones = ["text-faint", "text-destructive", "text-warn", "text-success", "text-success"] as const;

type PasswordFieldProps = Readonly<{ error?: string | undefined; isNew?: boolean }>;

/** A password that can be shown while typing; a new one says how strong it is. Without script it is a plain field. */
export function PasswordField({ error, isNew = false }: PasswordFieldProps) {
  const [isShown, setIsShown] = useState(false);
  const [typed, setTyped] = useState("");
  const strength = typed === "" ? null : passwordStrength(typed);
  return (
    <Field
      id="password"
      label={isNew ? labels.newPassword : labels.password}
      error={error}
      hint={
        isNew && (
          <>
            {hints.password}{" "}
            <span role="status" className={strength ? tones[strength.level] : undefined}>
              {strength?.words}
            </span>
          </>
        )
      }
    >
      {(control) => (
        <span className="relative block">
          <Input
            {...control}
            name="password"
            type={isShown ? "text" : "password"}
            required
            autoComplete={isNew ? "new-password" : "current-password"}
            autoCapitalize="none"
            spellCheck={false}
            className="pr-15"
            {...(isNew ? { minLength: 12, onChange: (event) => setTyped(event.target.value) } : {})}
          />
          <button
            type="button"
            aria-pressed={isShown}
            aria-label={`${isShown ? labels.hide : labels.show} ${labels.password.toLowerCase()}`}
            onClick={() => setIsShown(!isShown)}
            className="absolute inset-y-0 right-0 rounded-md px-3 text-13 font-strong text-muted-foreground hover:text-foreground noscript:hidden"
          >
            {isShown ? labels.hide : labels.show}
          </button>
        </span>
      )}
    </Field>
  );
}
