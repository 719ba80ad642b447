// A browser without a screen, for journeys by plain HTTP: keeps cookies by path, follows answers within the product, posts forms.

type Cookie = { name: string; value: string; path: string };

/** Where a walk ended: a page of the product, or the address outside it that the last answer leads to. */
export type Stop = Readonly<{ response: Response; url: URL; text: string; outside: URL | null }>;

const attribute = (tag: string, name: string): string | undefined => {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return value?.replaceAll("&quot;", '"').replaceAll("&#x27;", "'").replaceAll("&lt;", "<").replaceAll("&amp;", "&");
};

/** The form of this id on a page: where it goes, and what it sends as it stands. */
export function formOn(page: Pick<Stop, "text">, id: string): { action: string; fields: Record<string, string> } {
  const form = new RegExp(`<form\\b[^>]*\\sid="${id}"[\\s\\S]*?</form>`).exec(page.text)?.[0] ?? "";
  const fields: Record<string, string> = {};
  for (const [tag] of form.matchAll(/<input\b[^>]*>/g)) {
    const [name, type = "text"] = [attribute(tag, "name"), attribute(tag, "type")];
    const isSet = !["radio", "checkbox"].includes(type) || /\schecked\b/.test(tag);
    if (name && isSet) fields[name] = attribute(tag, "value") ?? (type === "checkbox" ? "on" : "");
  }
  return { action: attribute(/<form\b[^>]*>/.exec(form)?.[0] ?? "", "action") ?? "", fields };
}

export class Visitor {
  readonly #app: string;
  readonly #base: string;
  #jar: Cookie[] = [];

  /** @param app the product's address, as pages and redirects name it; @param cookie to begin with; @param base of the server that is really asked */
  constructor(app: string, cookie?: string, base = app) {
    this.#app = app;
    this.#base = base;
    const at = cookie?.indexOf("=") ?? -1;
    if (cookie && at > 0) this.#jar.push({ name: cookie.slice(0, at), value: cookie.slice(at + 1), path: "/" });
  }

  /** The same browser, asking another server from now on. */
  at(base: string): Visitor {
    const other = new Visitor(this.#app, undefined, base);
    other.#jar = this.#jar;
    return other;
  }

  async #send(path: string, init: RequestInit): Promise<Response> {
    const { pathname } = new URL(path, this.#app);
    const isWithin = ({ path: root }: Cookie) => pathname === root || pathname.startsWith(root.replace(/\/?$/, "/"));
    const cookie = this.#jar
      .filter(isWithin)
      .map(({ name, value }) => `${name}=${value}`)
      .join("; ");
    const response = await fetch(`${this.#base}${path}`, {
      ...init,
      headers: { cookie, ...(init.headers as Record<string, string>) },
      redirect: "manual",
    });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    return response;
  }

  #keep(line: string): void {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    const root = /;\s*path=([^;]+)/i.exec(line)?.[1] ?? "/";
    const expires = /;\s*expires=([^;]+)/i.exec(line)?.[1];
    const isOver = value === "" || /max-age=0/i.test(line) || (expires && Date.parse(expires) < Date.now());
    // In place, because `at` shares it.
    const found = this.#jar.findIndex((cookie) => cookie.name === name && cookie.path === root);
    if (found >= 0) this.#jar.splice(found, 1);
    if (!isOver) this.#jar.push({ name, value, path: root });
  }

  /** Asks for one address and follows nothing. */
  ask(path: string): Promise<Response> {
    return this.#send(path, {});
  }

  /** Posts a form as a page of the product would, and follows nothing. */
  post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
    return this.#send(path, {
      method: "POST",
      headers: { origin: this.#app, "sec-fetch-site": "same-origin", ...headers },
      body: new URLSearchParams(fields),
    });
  }

  /** Follows redirects from this answer on, as long as they stay within the product. */
  async follow(response: Response, from: string): Promise<Stop> {
    let [answer, url] = [response, new URL(from, this.#app)];
    for (let hops = 0; hops < 12; hops++) {
      const location = answer.headers.get("location");
      if (answer.status < 300 || answer.status > 399 || !location)
        return { response: answer, url, text: await answer.text(), outside: null };
      await answer.body?.cancel();
      const next = new URL(location, url);
      if (next.origin !== this.#app) return { response: answer, url, text: "", outside: next };
      url = next;
      answer = await this.ask(`${url.pathname}${url.search}`);
    }
    throw new Error(`went round in circles at ${url.href}`);
  }

  /** Opens an address and follows where it leads. */
  async open(path: string): Promise<Stop> {
    return this.follow(await this.ask(path), path);
  }
}
