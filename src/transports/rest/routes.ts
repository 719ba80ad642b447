import "server-only";
import type { HttpLine, NamedCapability } from "#core/capability.ts";
import { allCapabilities } from "../capabilities.ts";

export type Route = NamedCapability & { http: HttpLine; segments: readonly string[] };

const isParameter = (segment: string) => segment.startsWith("{");

/** Every REST route; a fixed segment comes before a parameter, so `/tasks/next` is never an id (requirements M-84). */
export const routes: readonly Route[] = allCapabilities
  .flatMap((named) => {
    const { http } = named.capability;
    return http ? [{ ...named, http, segments: http.path.slice(1).split("/") }] : [];
  })
  .sort((a, b) => a.segments.filter(isParameter).length - b.segments.filter(isParameter).length);

export type Match = { route: Route; parameters: Record<string, string> };

const matches = ({ segments }: Route, path: readonly string[]) =>
  segments.length === path.length && segments.every((segment, i) => isParameter(segment) || segment === path[i]);

/**
 * @param path segments below `/api/v1`, decoded
 * @returns the route and its parameters; or, where only the method does not fit, the methods that would
 */
export function match(method: string, path: readonly string[]): Match | { allowed: string[] } {
  const candidates = routes.filter((route) => matches(route, path));
  const [first] = candidates;
  // The most fixed path wins for every method, else PUT /notifications/mark-all-read could be read as an id.
  const same = candidates.filter((route) => route.http.path === first?.http.path);
  const route = same.find((candidate) => candidate.http.method === method) ?? undefined;
  if (!route) return { allowed: same.map((candidate) => candidate.http.method) };
  const parameters = Object.fromEntries(
    route.segments.flatMap((segment, i) => (isParameter(segment) ? [[segment.slice(1, -1), path[i] ?? ""]] : [])),
  );
  return { route, parameters };
}
