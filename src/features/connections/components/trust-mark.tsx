import { clsx } from "clsx";
import { BadgeCheck, CircleAlert, Globe } from "lucide-react";
import { messages } from "../messages.ts";
import type { Trust } from "../schema.ts";

const looks = {
  verified: { icon: BadgeCheck, look: "text-success" },
  domain: { icon: Globe, look: "text-muted-foreground" },
  self: { icon: CircleAlert, look: "text-warn" },
} satisfies Record<Trust, unknown>;

/** How sure the server is of who this is: in words, with a shape of its own. */
export function TrustMark({ trust }: Readonly<{ trust: Trust }>) {
  const { icon: Icon, look } = looks[trust];
  return (
    <span className={clsx("inline-flex items-center gap-1 font-medium", look)}>
      <Icon aria-hidden="true" className="size-3.5" />
      {messages.trust[trust]}
    </span>
  );
}
