/** Settings of a file of its own: they are parsed at first use, so this must run before anything asks for them. */
export function applySettings(values: Record<string, string>): void {
  Object.assign(process.env, values);
}
