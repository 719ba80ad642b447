/** Names of query parameters and fields whose values never reach a log (requirements S4-05), compared without case. */
const secretNames = new Set(
  "code token reset_token verification verify access_token refresh_token id_token api_key apikey key state code_verifier client_secret client_assertion secret password passwd ticket invite setup authorization cookie set-cookie x-api-key session".split(
    " ",
  ),
);

/** The path and query of a URL with the values of secret parameters replaced; other parameters stay. */
export function redactUrl(url: string): string {
  const at = url.indexOf("?");
  if (at < 0) return url.slice(0, 2000);
  const query = url.slice(at + 1, 4000).split("&").map((pair) => {
    const name = pair.split("=", 1)[0] ?? "";
    let plain = name;
    try {
      plain = decodeURIComponent(name.replaceAll("+", " "));
    } catch {
      // A name that is not valid encoding cannot be a known one; its value goes as well, to be on the safe side.
      return `${name}=REDACTED`;
    }
    return secretNames.has(plain.trim().toLowerCase()) ? `${name}=REDACTED` : pair;
  });
  return `${url.slice(0, at)}?${query.join("&")}`;
}
