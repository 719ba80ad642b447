import { clsx } from "clsx";
import { CircleAlert, CircleCheck, Info } from "lucide-react";
import type { ReactNode } from "react";

const tones = {
  info: { look: "bg-muted", icon: <Info aria-hidden="true" className="mt-0.5 size-4 text-primary" /> },
  warn: { look: "bg-warn-tint", icon: <Info aria-hidden="true" className="mt-0.5 size-4 text-warn" /> },
  danger: {
    look: "bg-danger-tint",
    icon: <CircleAlert aria-hidden="true" className="mt-0.5 size-4 text-destructive" />,
  },
  success: { look: "bg-success-tint", icon: <CircleCheck aria-hidden="true" className="mt-0.5 size-4 text-success" /> },
};

type NoticeProps = Readonly<{
  tone?: keyof typeof tones;
  title?: ReactNode;
  action?: ReactNode;
  className?: string;
  children?: ReactNode;
}>;

/** A message that belongs to the page, such as what the server answered to a form; alerts only when something went wrong. */
export function Notice({ tone = "info", title, action, className, children }: NoticeProps) {
  return (
    <div
      role={tone === "danger" ? "alert" : "status"}
      data-outline=""
      className={clsx(
        "flex items-start gap-2.5 rounded-lg px-3.5 py-3 text-13 text-pretty",
        tones[tone].look,
        className,
      )}
    >
      {tones[tone].icon}
      <div className="min-w-0 flex-1">
        {title && <b className="text-foreground">{title} </b>}
        {children}
      </div>
      {action}
    </div>
  );
}
