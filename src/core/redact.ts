/**
 * Names of query parameters and fields whose values never reach a log (requirements S4-05), compared without case. `input`
 * and `q` are no secrets, but hold what people wrote.
 */
const secretNames = new Set(
  "code token reset_token verification verify access_token refresh_token id_token id_token_hint login_hint request api_key apikey key state code_verifier client_secret client_assertion secret password passwd ticket invite setup authorization cookie set-cookie x-api-key session input q".split(
    " ",
  ),
);

const decoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return null;
  }
};

/** `a=b`, or `a=REDACTED` where the name is a secret's, is no valid encoding, or the value is an address with a query itself. */
function redactPair(pair: string): string {
  const [name = "", ...value] = pair.split("=");
  const plain = decoded(name)?.replace(/\[.*$/, "").trim().toLowerCase();
  const isSecret = plain === undefined || secretNames.has(plain) || (decoded(value.join("=")) ?? "?").includes("?");
  return isSecret ? `${name}=REDACTED` : pair;
}

/** A signed token, wherever a client puts it. */
const signed = /eyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g;

/** The path and query of a URL with tokens and the values of secret parameters replaced; other parameters stay. */
export function redactUrl(url: string): string {
  const [path = "", ...query] = url.replace(signed, "REDACTED").split("?");
  if (query.length === 0) return path.slice(0, 2000);
  const pairs = query.join("?").slice(0, 4000).split("&").map(redactPair);
  return `${path.slice(0, 2000)}?${pairs.join("&")}`;
}
