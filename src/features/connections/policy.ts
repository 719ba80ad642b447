import { isLoopback } from "#core/env.ts";
import { isSpecialAddress } from "#core/outbound.ts";
import { plainName } from "#core/text.ts";
import type { PendingConsent } from "./interaction.ts";

// What the consent page says about an app that nobody here knows: its name is the app's own invention, so the page goes by
// addresses, and tells where the two do not fit together. Pure; the words are in consent.ts.

/** Where the answer goes: a site, a program that listens on this computer, or one that opens links of its own kind. */
export type Destination =
  | Readonly<{ kind: "site"; host: string }>
  | Readonly<{ kind: "loopback"; port: string }>
  | Readonly<{ kind: "scheme"; scheme: string }>;

export type Warning = Readonly<
  | { kind: "brand"; brand: string }
  | { kind: "elsewhere"; from: string; to: string }
  | { kind: "lookalike" | "private" | "numeric"; host: string }
  | { kind: "loopback" | "scheme" | "first" }
>;

/** Everything about the asker that the page shows. */
export type ConsentFacts = Readonly<{
  name: string;
  trust: PendingConsent["client"]["trust"];
  /** Host of the address the app goes by; null for one that registered itself and has none. */
  from: string | null;
  to: Destination;
  warnings: readonly Warning[];
}>;

const nameMax = 60;

/** The name as it may stand in our own sentences: without what is not seen or piles up, and never longer than a line. */
export function shownName(name: string): string {
  // More than two marks on one letter paint over the lines around it.
  const letters = [...plainName(name).replace(/(\p{M}{2})\p{M}+/gu, "$1")];
  if (!letters.some((letter) => /[\p{L}\p{N}\p{S}]/u.test(letter))) return "An app without a name";
  return letters.length > nameMax
    ? `${letters
        .slice(0, nameMax - 1)
        .join("")
        .trimEnd()}…`
    : letters.join("");
}

/** Where this redirect leads. @param uri an absolute address, as the client registered it */
export function destinationOf(uri: string): Destination {
  const { protocol, hostname, host, port } = new URL(uri);
  if (protocol !== "http:" && protocol !== "https:") return { kind: "scheme", scheme: protocol.slice(0, -1) };
  if (!isLoopback(hostname)) return { kind: "site", host };
  return { kind: "loopback", port: port || (protocol === "https:" ? "443" : "80") };
}

/** Letters and figures that stand for another letter; accents are taken off before. */
const lookAlikes: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    a: "аαɑ4@",
    b: "ьв",
    c: "сϲᴄ",
    d: "ԁɗ",
    e: "еεє3",
    g: "ɡԍ",
    h: "һн",
    i: "іιɩ!¡",
    j: "ј",
    k: "кκ",
    l: "ӏ1|ⅼł",
    m: "мṃ",
    n: "пո",
    o: "оοօ0ø",
    p: "рρ",
    r: "гᴦ",
    s: "ѕ5$",
    t: "тτ7",
    u: "υսц",
    v: "ѵν",
    w: "ԝѡω",
    x: "хχ",
    y: "уγү",
  }).flatMap(([letter, signs]) => [...signs].map((sign) => [sign, letter])),
);

/** The words of a name as a hasty reader takes them: `СIаude-АI` is `claude ai`. */
function asRead(name: string): string[] {
  const plain = [...name.normalize("NFKD").replace(/\p{M}/gu, "")].map((sign) => {
    const small = sign.toLowerCase();
    return lookAlikes[small] ?? small;
  });
  return plain
    .join("")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

type Brand = Readonly<{ name: string; words: readonly string[]; hosts: readonly string[]; isCommonWord?: true }>;

/** Names that people trust, and the hosts that go with them. A common word counts only where one of the name's words begins with it. */
const brands: readonly Brand[] = [
  { name: "MindFlow", words: ["mindflow"], hosts: [] },
  { name: "Claude", words: ["claude", "anthropic"], hosts: ["claude.ai", "claude.com", "anthropic.com"] },
  { name: "ChatGPT", words: ["chatgpt", "openai"], hosts: ["chatgpt.com", "openai.com"] },
  { name: "Perplexity", words: ["perplexity"], hosts: ["perplexity.ai"] },
  { name: "DeepSeek", words: ["deepseek"], hosts: ["deepseek.com"] },
  { name: "Cursor", words: ["cursor"], hosts: ["cursor.com", "cursor.sh"], isCommonWord: true },
  { name: "Gemini", words: ["gemini", "google"], hosts: ["google.com"], isCommonWord: true },
  {
    name: "Copilot",
    words: ["copilot", "microsoft", "github"],
    hosts: ["microsoft.com", "github.com", "cloud.microsoft"],
    isCommonWord: true,
  },
  { name: "Visual Studio Code", words: ["visualstudio", "vscode"], hosts: ["vscode.dev", "microsoft.com"] },
  { name: "Mistral", words: ["mistral", "lechat"], hosts: ["mistral.ai"], isCommonWord: true },
  { name: "Grok", words: ["grok"], hosts: ["x.ai", "grok.com"], isCommonWord: true },
  { name: "Windsurf", words: ["windsurf"], hosts: ["windsurf.com", "codeium.com"], isCommonWord: true },
];

// `I` and `l` are one stroke to the eye, and so is what stands for them.
const strokes = (text: string) => text.replaceAll(/[il]/g, "l").replaceAll("rn", "m").replaceAll("vv", "w");

function brandOf(name: string): Brand | undefined {
  const words = asRead(name).map(strokes);
  const all = words.join("");
  return brands.find(({ words: marks, isCommonWord }) =>
    marks
      .map(strokes)
      .some((mark) => (isCommonWord ? words.some((word) => word.startsWith(mark)) : all.includes(mark))),
  );
}

/** Is this host the domain or within it? */
const isWithin = (host: string, domain: string) => host === domain || host.endsWith(`.${domain}`);

const bare = (host: string) => new URL(`https://${host}`).hostname;

/** What is odd about a host, if anything: letters of another script that look like ours, an inside address, a number. */
function oddity(host: string): Warning | null {
  const name = bare(host);
  if (name.split(".").some((label) => label.startsWith("xn--"))) return { kind: "lookalike", host };
  const literal = name.replace(/^\[|\]$/g, "");
  const isNumber = name.startsWith("[") || /^[\d.]+$/.test(name);
  const isInside = isNumber
    ? isSpecialAddress(literal)
    : !name.includes(".") ||
      /\.(?:local|internal|intranet|lan|home|corp|private|localhost|localdomain|home\.arpa)$/.test(name);
  if (isInside) return { kind: "private", host };
  return isNumber ? { kind: "numeric", host } : null;
}

function warningsOf(pending: PendingConsent, name: string, to: Destination): Warning[] {
  const { client, firstSeen, isLoopbackOnly } = pending;
  const site = to.kind === "site" ? to.host : null;
  const found: Warning[] = [];
  const brand = client.trust === "verified" ? undefined : brandOf(name);
  // The host that vouches for the name: the app's own where it has one, else where the answer goes.
  const proof = client.host ?? site;
  if (brand && !(proof && brand.hosts.some((host) => isWithin(bare(proof), host))))
    found.push({ kind: "brand", brand: brand.name });
  const hosts = new Set([client.host, site].filter((host) => host !== null));
  for (const host of hosts) {
    const odd = oddity(host);
    if (odd) found.push(odd);
  }
  if (client.host && site && client.trust !== "verified") {
    const [from, back] = [bare(client.host), bare(site)];
    if (!isWithin(from, back) && !isWithin(back, from)) found.push({ kind: "elsewhere", from: client.host, to: site });
  }
  if (to.kind === "loopback" || isLoopbackOnly) found.push({ kind: "loopback" });
  else if (to.kind === "scheme") found.push({ kind: "scheme" });
  if (firstSeen === null) found.push({ kind: "first" });
  return found;
}

/** Facts and warnings about a request, the gravest warning first. */
export function consentFacts(pending: PendingConsent): ConsentFacts {
  const name = shownName(pending.client.name);
  const to = destinationOf(pending.redirectUri);
  const { host: from, trust: known } = pending.client;
  // Any program of this device can go by a client_id that is known: whom it names is sure, who asks is not.
  const trust = known === "verified" && to.kind !== "site" ? "domain" : known;
  return { name, trust, from, to, warnings: warningsOf(pending, name, to) };
}
