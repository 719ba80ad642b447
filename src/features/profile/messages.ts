export const messages = {
  title: "Profile",
  name: "Name",
  nameHint: "Shown beside what you change.",
  email: "E-mail address",
  zone: "Time zone",
  zoneHint: "Decides when your day begins and ends.",
  theme: "Theme",
  themes: { system: "Like the system", light: "Light", dark: "Dark" },
  save: "Save",
  saved: (fields: readonly string[]) => (fields.length > 0 ? "Saved your profile." : "Nothing was different."),
  signOut: "Sign out",
  signOutText: "Ends this session at once, here and for every copy of its cookie.",
} as const;
