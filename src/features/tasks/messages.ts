/** Every word of the tasks feature, ready to be translated. Voice: sentence case, what happened, then what to do. */
export const messages = {
  errors: {
    noSuchProject: "There is no such project.",
    nothingToChange: "Name at least one field to change.",
    changedMeanwhile: "Someone changed this task meanwhile. Load it again and repeat the change.",
    notInTrash: "This task is not in the trash.",
    snoozeInPast: "Must be in the future.",
    snoozeTooFar: "At most five years ahead.",
    completedCannotSnooze: "This task is completed. Reopen it before snoozing it.",
  },
} as const;
