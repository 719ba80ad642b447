import { clsx } from "clsx";
import { Calendar, Clock, Flag, Tag, Timer } from "lucide-react";
import type { ReactNode } from "react";
import { FieldError } from "#ui/field.tsx";
import { duration } from "#ui/format.ts";
import { priorityWord } from "#ui/priority-glyph.tsx";
import { messages } from "../messages.ts";

const estimates = [5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 480];
const priorities = [5, 4, 3, 2, 1];

const control =
  "h-full min-w-0 bg-transparent pr-2 pl-7.5 text-13 text-foreground outline-none appearance-none max-md:text-16 max-md:pl-8";

/** One small control with its sign: the frame carries the ring, so that all five look alike in every browser. */
function Frame({
  icon,
  label,
  error,
  className,
  children,
}: Readonly<{ icon: ReactNode; label: string; error?: string | undefined; className?: string; children: ReactNode }>) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child.
    <label
      data-tip={label}
      className={clsx(
        "relative flex h-8 items-center rounded-sm border bg-muted text-muted-foreground focus-within:outline-2 focus-within:outline-ring hover:border-control touch:h-11 [&>svg]:pointer-events-none [&>svg]:absolute [&>svg]:left-2 [&>svg]:size-4",
        error ? "border-destructive" : "border-transparent",
        className,
      )}
    >
      {icon}
      <span className="sr-only">{label}</span>
      {children}
    </label>
  );
}

type ComposerControlsProps = Readonly<{
  day?: string | undefined;
  values?: Readonly<Record<string, string>> | undefined;
  errors: Readonly<Record<string, string>>;
}>;

/** Day, time, priority, estimate and tags: the browser's own controls, so phones show their own pickers. */
export function ComposerControls({ day, values, errors }: ComposerControlsProps) {
  const words = messages.composer;
  const wrong = Object.entries(errors).filter(([field]) => field !== "title");
  return (
    <>
      <div className="flex flex-wrap gap-1.5">
        <Frame icon={<Calendar aria-hidden="true" />} label={words.day} error={errors.dueDate}>
          <input
            type="date"
            name="dueDate"
            defaultValue={values?.dueDate ?? day}
            className={clsx(control, "num w-35 max-md:w-42")}
          />
        </Frame>
        <Frame icon={<Clock aria-hidden="true" />} label={words.time} error={errors.dueTime}>
          <input
            type="time"
            name="dueTime"
            defaultValue={values?.dueTime}
            className={clsx(control, "num w-27 max-md:w-33")}
          />
        </Frame>
        <Frame icon={<Flag aria-hidden="true" />} label={words.priority} error={errors.priority}>
          <select
            name="priority"
            defaultValue={values?.priority ?? "3"}
            className={clsx(control, "cursor-pointer pr-3")}
          >
            {priorities.map((priority) => (
              <option key={priority} value={priority}>
                {priorityWord(priority)}
              </option>
            ))}
          </select>
        </Frame>
        <Frame icon={<Timer aria-hidden="true" />} label={words.estimate} error={errors.estimateMinutes}>
          <select
            name="estimateMinutes"
            defaultValue={values?.estimateMinutes ?? ""}
            className={clsx(control, "cursor-pointer pr-3")}
          >
            <option value="">{words.noEstimate}</option>
            {estimates.map((minutes) => (
              <option key={minutes} value={minutes}>
                {duration(minutes)}
              </option>
            ))}
          </select>
        </Frame>
        <Frame icon={<Tag aria-hidden="true" />} label={words.tags} error={errors.tags} className="min-w-32 flex-1">
          <input
            name="tags"
            maxLength={540}
            autoComplete="off"
            placeholder={words.tagsPlaceholder}
            defaultValue={values?.tags}
            className={clsx(control, "w-full")}
          />
        </Frame>
      </div>
      {wrong.map(([field, message]) => (
        <FieldError key={field}>{message}</FieldError>
      ))}
    </>
  );
}
