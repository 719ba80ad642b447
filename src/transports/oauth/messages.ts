/** What a person reads when an app sent them here with something we cannot answer. */
export const messages = {
  badRequest:
    "The app that sent you here made a request that MindFlow cannot answer. Nothing was shared. Go back to the app and try again; if it happens again, tell its makers what stands below.",
  over: "This request ran out or was answered already. Go back to the app that sent you here and connect again.",
} as const;
