import type { ReactNode } from "react";

type ActFormProps = Readonly<{
  id: string;
  capability: string;
  className?: string;
  onSubmit: (form: HTMLFormElement) => void;
  children: ReactNode;
}>;

/** A plain form of one act on this connection; with script it does not leave the page. */
export function ActForm({ id, capability, className, onSubmit, children }: ActFormProps) {
  return (
    <form
      method="post"
      action={`/api/forms/${capability}`}
      className={className}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(event.currentTarget);
      }}
    >
      <input type="hidden" name="id" value={id} />
      <input type="hidden" name="returnTo" value={`/assistants/${id}`} />
      {children}
    </form>
  );
}
