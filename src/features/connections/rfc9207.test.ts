import * as oauth from "oauth4webapi";
import { describe, expect, test } from "vitest";
import { refuseConsent } from "#features/connections/interaction.ts";
import {
  approve,
  authorize,
  discover,
  newBrowser,
  newPkce,
  origin,
  pending,
  register,
  requestOf,
} from "#testing/oauth.ts";

const [browser, client, server] = [await newBrowser(), await register(), await discover()];
const issuer = "http://localhost:3000";

describe("who answers is said in every answer (RFC 9207, security OA-09)", () => {
  test("in a yes: issuer and state as they are, and an official client takes it", async () => {
    const state = "ä&=#?+%20 \u{1f600}<b>";
    const { uid } = await authorize(browser, requestOf(client, newPkce(), { state }));
    const callback = await approve(browser, uid);
    expect([...callback.searchParams.keys()].sort()).toEqual(["code", "iss", "state"]);
    const parameters = oauth.validateAuthResponse(server, { client_id: client.client_id }, callback, state);
    expect(parameters.get("iss")).toBe(issuer);
  });

  test("in a no of the person", async () => {
    const { uid } = await authorize(browser, requestOf(client, newPkce()));
    const { binding } = await pending(browser, uid);
    const headers = browser.headersFor(`/oauth/consent/${uid}`);
    const next = await refuseConsent(headers, await browser.actor(), uid, binding, origin());
    const { location } = await browser.follow(new URL(next, issuer).pathname);
    const parameters = new URL(location ?? "").searchParams;
    expect([parameters.get("error"), parameters.get("state"), parameters.get("iss")]).toEqual([
      "access_denied",
      "a state",
      issuer,
    ]);
    expect(parameters.has("code")).toBe(false);
    expect(() =>
      oauth.validateAuthResponse(server, { client_id: client.client_id }, new URL(location ?? ""), "a state"),
    ).toThrow();
  });

  test.each<[Record<string, string | undefined>, string]>([
    [{ response_type: "token" }, "unsupported_response_type"],
    [{ response_type: "id_token" }, "unsupported_response_type"],
    [{ response_type: "code id_token" }, "unsupported_response_type"],
    [{ response_type: "none" }, "unsupported_response_type"],
    [{ response_type: "code", response_mode: "fragment" }, "unsupported_response_mode"],
    [{ response_type: "code", response_mode: "form_post" }, "unsupported_response_mode"],
    [{ response_type: "code", response_mode: "query.jwt" }, "unsupported_response_mode"],
    [{ response_type: "code", response_mode: "web_message" }, "unsupported_response_mode"],
    [{ response_type: "code", response_mode: "x" }, "unsupported_response_mode"],
    [{ code_challenge: undefined, response_mode: "form_post" }, "unsupported_response_mode"],
    [{ prompt: "none" }, "consent_required"],
    [{ prompt: "none login" }, "invalid_request"],
    [{ prompt: "no such prompt" }, "invalid_request"],
    [{ max_age: "-1" }, "invalid_request"],
    [{ max_age: "soon" }, "invalid_request"],
    [{ request: "e30.e30.e30" }, "request_not_supported"],
    [{ request_uri: "https://evil.example/request" }, "request_uri_not_supported"],
    [{ registration: "{}" }, "registration_not_supported"],
    [{ resource: "https://evil.example/mcp" }, "invalid_target"],
    [{ scope: "tasks:read \u0007" }, "invalid_scope"],
    [{ nonce: "\u0000" }, "invalid_request"],
    [{ state: "\u0000" }, "invalid_request"],
    [{ login_hint: "\u0000" }, "invalid_request"],
  ])("in a refusal of %j: %s", async (change, error) => {
    const answer = await browser.get(`/oauth/authorize?${new URLSearchParams(requestOf(client, newPkce(), change))}`, {
      Accept: "text/html",
    });
    expect(answer.status).toBe(303);
    const url = new URL(answer.headers.get("location") ?? "");
    expect(url.origin + url.pathname).toBe(client.redirect_uris[0]);
    // An implicit flow's client reads behind the #; nothing but the refusal is there.
    const parameters = new URLSearchParams(url.hash ? url.hash.slice(1) : url.search);
    expect(parameters.get("error")).toBe(error);
    expect(parameters.get("state")).toBe(change.state ?? "a state");
    expect(parameters.get("iss")).toBe(issuer);
    for (const name of ["code", "access_token", "id_token"]) expect(parameters.has(name)).toBe(false);
    expect(await answer.text()).not.toMatch(/<script|<form/);
  });

  test("without a state none is made up: the verifier protects an app that has none", async () => {
    const { uid } = await authorize(browser, requestOf(client, newPkce(), { state: undefined }));
    const callback = await approve(browser, uid);
    expect([...callback.searchParams.keys()].sort()).toEqual(["code", "iss"]);
  });
});
