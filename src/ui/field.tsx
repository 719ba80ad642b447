import { clsx } from "clsx";
import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { messages } from "./messages.ts";

/** Ids and states a control needs to be tied to its label, hint and error. */
type ControlProps = Readonly<{
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
}>;

type FieldProps = Readonly<{
  /** Unique on the page; the control gets it. */
  id: string;
  label: ReactNode;
  hint?: ReactNode;
  /** What is wrong and what to do, in one sentence; kept next to the control it is about. */
  error?: ReactNode;
  optional?: boolean;
  hideLabel?: boolean;
  className?: string;
  children: (control: ControlProps) => ReactNode;
}>;

/** Label, control, hint and error as one. It works without JavaScript: the ids are given, not generated. */
export function Field({ id, label, hint, error, optional, hideLabel, className, children }: FieldProps) {
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ");
  return (
    <div className={clsx("min-w-0", className)}>
      <label htmlFor={id} className={clsx(hideLabel ? "sr-only" : "mb-1.5 block text-13 font-strong")}>
        {label}
        {optional && <span className="font-normal text-faint"> {messages.optional}</span>}
      </label>
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": error ? true : undefined })}
      {error && <FieldError id={`${id}-error`}>{error}</FieldError>}
      {hint && (
        <p id={`${id}-hint`} className="mt-1.5 text-13 text-pretty text-faint">
          {hint}
        </p>
      )}
    </div>
  );
}

/** One error in words, with a sign that does not depend on colour. */
export function FieldError({ id, children }: Readonly<{ id?: string; children: ReactNode }>) {
  return (
    <p id={id} className="mt-1.5 flex items-start gap-1.5 text-13 text-pretty text-destructive">
      <CircleAlert aria-hidden="true" className="mt-0.75 size-3.5" />
      <span>{children}</span>
    </p>
  );
}
