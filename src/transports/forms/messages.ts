/** What the form doors themselves say. */
export const messages = {
  form: "This form was not sent by one of MindFlow's pages.",
  malformed: "The form could not be read.",
  duplicate: "This field was sent twice.",
  file: "Files are not accepted here.",
  back: "Back",
} as const;
