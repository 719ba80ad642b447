// What a browser with an empty cache loads before a page can be used, and how much the page asks of it.
import { gzipSync } from "node:zlib";

const attribute = (tag, name) => new RegExp(`\\s${name}="([^"]*)"`, "i").exec(tag)?.[1];

/** Addresses of the scripts that a page loads at once: its tags and preloads, without those for browsers of the past. */
function scriptsOf(html) {
  const tags = html.match(/<(?:script|link)\b[^>]*>/gi) ?? [];
  const found = tags.flatMap((tag) => {
    if (/^<script/i.test(tag)) return /\snomodule/i.test(tag) ? [] : [attribute(tag, "src")];
    const rel = attribute(tag, "rel");
    const isScript = rel === "modulepreload" || (rel === "preload" && attribute(tag, "as") === "script");
    return isScript ? [attribute(tag, "href")] : [];
  });
  return [...new Set(found.filter(Boolean))];
}

/** Elements in the HTML as it is sent; scripts and styles stand for themselves, what they contain does not count. */
function elementsOf(html) {
  const markup = html.replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/gi, "<$1>").replace(/<!--[\s\S]*?-->/g, "");
  return markup.match(/<[a-z][^>]*>/gi)?.length ?? 0;
}

const kilobytes = (bytes) => Math.round(bytes / 100) / 10;

/**
 * @param {string} base address of the server
 * @param {string} path of the page
 * @param {string} cookie of somebody signed in
 * @returns {Promise<{ javascriptKb: number, cssKb: number, htmlKb: number, htmlGzipKb: number, elements: number, scripts: { path: string, gzipKb: number }[] }>}
 */
export async function firstLoad(base, path, cookie) {
  const get = async (address) => {
    const response = await fetch(new URL(address, base), { headers: { cookie, "accept-language": "en" } });
    if (response.status !== 200) throw new Error(`${address} answered ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  };
  const html = await get(path);
  const text = html.toString("utf8");
  const measured = async (addresses) =>
    await Promise.all(
      addresses.map(async (address) => ({ path: address, bytes: gzipSync(await get(address)).length })),
    );
  const scripts = await measured(scriptsOf(text));
  const styles = await measured([
    ...new Set([...text.matchAll(/<link\b[^>]*rel="stylesheet"[^>]*>/gi)].map(([tag]) => attribute(tag, "href"))),
  ]);
  const sum = (files) => kilobytes(files.reduce((total, { bytes }) => total + bytes, 0));
  return {
    javascriptKb: sum(scripts),
    cssKb: sum(styles),
    htmlKb: kilobytes(html.length),
    htmlGzipKb: kilobytes(gzipSync(html).length),
    elements: elementsOf(text),
    scripts: scripts.map(({ path: address, bytes }) => ({ path: address, gzipKb: kilobytes(bytes) })),
  };
}
