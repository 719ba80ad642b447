import { clsx } from "clsx";
import { Server } from "lucide-react";

const sizes = {
  small: { box: "size-4.5", person: "text-[8.5px]", letter: "rounded-[5px] text-[10.5px]" },
  medium: { box: "size-6", person: "text-[10px]", letter: "rounded-[7px] text-[13px]" },
  large: { box: "size-10", person: "text-[15px]", letter: "rounded-[12px] text-[20px]" },
  hero: { box: "size-13", person: "text-[20px]", letter: "rounded-[14px] text-[26px]" },
};

/** Assistants' colours in the order they are handed out. */
const colours = {
  plum: "bg-(--as-plum)",
  moss: "bg-(--as-moss)",
  violet: "bg-(--as-violet)",
  ochre: "bg-(--as-ochre)",
  slate: "bg-(--as-slate)",
  rose: "bg-(--as-rose)",
};

type Colour = keyof typeof colours;

/** The colour of the number that a connection was given. */
export const assistantColour = (color: number | null): Colour =>
  (Object.keys(colours) as Colour[])[color ?? 0] ?? "plum";

/** First letters of the first and last word, for any script. */
function initials(name: string): string {
  const words = name.trim().split(/\s+/u);
  const first = Array.from(words[0] ?? "")[0] ?? "";
  const last = words.length > 1 ? (Array.from(words.at(-1) ?? "")[0] ?? "") : "";
  return (first + last).toLocaleUpperCase("en");
}

type AvatarProps = Readonly<{ size?: keyof typeof sizes; className?: string }> &
  (
    | Readonly<{ kind: "person"; name: string }>
    | Readonly<{ kind: "assistant"; name: string; colour: Colour }>
    | Readonly<{ kind: "system" }>
  );

/** Who acted, told by shape first: people are circles, assistants rounded squares, MindFlow itself a bare icon. The name stands beside it. */
export function Avatar({ size = "small", className, ...who }: AvatarProps) {
  const { box, person, letter } = sizes[size];
  const base = clsx("inline-grid flex-none place-items-center leading-none font-[650]", box, className);
  if (who.kind === "system")
    return (
      <span aria-hidden="true" className={clsx(base, "text-faint")}>
        <Server className="size-3.75" />
      </span>
    );
  if (who.kind === "assistant")
    return (
      <span
        aria-hidden="true"
        data-outline=""
        className={clsx(base, letter, colours[who.colour], "text-primary-foreground")}
      >
        {initials(who.name).slice(0, 1)}
      </span>
    );
  return (
    <span
      aria-hidden="true"
      data-outline=""
      className={clsx(base, person, "rounded-full bg-muted-foreground text-background")}
    >
      {initials(who.name)}
    </span>
  );
}
