"use client";
import { useState } from "react";
import { Button } from "#ui/button.tsx";
import { Input } from "#ui/input.tsx";
import { messages } from "../messages.ts";

const { empty: words } = messages;

/** How to connect an assistant: the one address, and where each of the well-known ones wants it. */
export function ConnectAddress({ address }: Readonly<{ address: string }>) {
  const [isCopied, setIsCopied] = useState(false);
  // Refused or missing (plain http on a name that is not loopback): the field is there to copy from.
  const copy = () => {
    if ("clipboard" in navigator)
      navigator.clipboard.writeText(address).then(
        () => setIsCopied(true),
        () => setIsCopied(false),
      );
  };
  return (
    <>
      <p className="max-w-[60ch] text-pretty text-muted-foreground">{words.how}</p>
      <div className="mt-3 flex max-w-120 gap-2">
        <Input
          readOnly
          aria-label={words.address}
          value={address}
          className="font-mono text-13"
          onFocus={(event) => event.currentTarget.select()}
        />
        <Button onClick={copy} aria-live="polite">
          {isCopied ? words.copied : words.copy}
        </Button>
      </div>
      <dl className="mt-5 max-w-[68ch] text-13">
        {words.steps.map(([name, step, guide]) => (
          <div
            key={name}
            className="grid grid-cols-[84px_minmax(0,1fr)] gap-x-4 max-md:grid-cols-1 border-t border-border py-2.5 first:border-t-0"
          >
            <dt className="font-strong">{name}</dt>
            <dd className="text-muted-foreground">
              {step} <span className="text-faint">{words.more(guide)}</span>
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
