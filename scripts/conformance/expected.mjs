// What of the suite does not apply to MindFlow, by set: `scenario:check` → why. Everything else has to pass, down to warnings and
// to what the suite runs without scoring it; and what stands here has to fail, or the run fails (judge.mjs).

const each = (reason, entries) => Object.fromEntries(entries.map((entry) => [entry, reason]));
const checks = (scenario, ids) => ids.map((id) => `${scenario}:${id}`);
/** Scenarios whose one check has their name. */
const alike = (scenarios) => scenarios.map((scenario) => `${scenario}:${scenario}`);

const noTasks = each("MindFlow does not offer the optional extension io.modelcontextprotocol/tasks", [
  ...checks("tasks-lifecycle", [
    "sep-2663-result-type-task-on-create",
    "sep-2663-tasks-get-status-working",
    "sep-2663-tasks-get-status-completed",
    "sep-2663-tool-error-uses-completed-status",
    "sep-2663-tasks-get-status-failed",
    "sep-2663-cancel-ack-empty-result",
    "tasks-cancel-terminal-idempotent-ack",
  ]),
  ...checks("tasks-capability-negotiation", [
    "tasks-extension-advertised",
    "sep-2663-tasks-methods-non-declaring",
    "tasks-per-request-meta-opt-in",
  ]),
  ...checks("tasks-wire-fields", [
    "tasks-wire-field-renames",
    "tasks-no-early-ttl-expiry",
    "tasks-no-related-task-meta-on-inlined-result",
  ]),
  ...checks("tasks-request-state-removal", ["tasks-request-state-removal-setup"]),
  ...checks("tasks-mrtr-input", [
    "sep-2663-tasks-get-status-input-required",
    "tasks-mrtr-tasks-update-resumes",
    "tasks-mrtr-partial-fulfillment",
  ]),
  ...checks("tasks-request-headers", [
    "sep-2663-routing-headers-accepted-on-tasks-get",
    "sep-2663-server-rejects-mismatched-mcp-name-on-tasks-get",
  ]),
  ...checks("tasks-dispatch-and-envelope", [
    "tasks-server-directed-creation-no-hint",
    "sep-2663-durable-create-strong-consistency",
    "sep-2663-tasks-get-invalid-task-id-32602",
  ]),
  ...checks("tasks-required-task-error", ["sep-2663-server-returns-missing-capability-when-required"]),
  ...checks("tasks-mrtr-composition", ["sep-2663-mrtr-synchronous-before-task-creation"]),
]);

const noParameterHeaders = each("No tool of MindFlow asks for its arguments in headers (x-mcp-header)", [
  ...checks("http-custom-header-server-validation", [
    "sep-2243-server-no-xmcp-tool",
    "sep-2243-server-decode-base64",
    "sep-2243-server-validate-param-match",
    "sep-2243-server-reject-invalid-param-chars",
    "sep-2243-server-reject-param-mismatch",
  ]),
]);

// What the newer protocol has in their place passes: input-required-result-*, and every answer in one piece.
const noSessions = {
  ...each(
    "Up to 2025-11-25 to ask the client during a call takes a session. MindFlow keeps none, and no tool of it asks",
    [
      ...alike(["tools-call-sampling", "tools-call-elicitation"]),
      "elicitation-sep1034-defaults:elicitation-sep1034-general",
      "elicitation-sep1330-enums:elicitation-sep1330-general",
    ],
  ),
  ...each("Streams are told apart and resumed by a session, and MindFlow keeps none", [
    "server-sse-multiple-streams:server-sse-multiple-streams-session",
    "server-sse-polling:server-sse-polling-session",
  ]),
};

const noResuming = each(
  "An answer that breaks off is asked for again, with the same operationKey: no stream is resumed",
  [...checks("server-sse-polling", ["server-sse-priming-event", "server-sse-retry-field"])],
);

const onlyTools = "MindFlow has tools, and neither prompts nor resources, completions nor logging";
const noFixture = "Calls a tool that only the suite's own list has";

export const expected = {
  "with fixtures, 2026-07-28": { ...noTasks, ...noParameterHeaders },
  "with fixtures, 2025-11-25": { ...noSessions, ...noResuming },
  "the product, 2026-07-28": {
    ...noTasks,
    ...noParameterHeaders,
    ...each(onlyTools, [
      ...alike([
        "completion-complete",
        "resources-list",
        "resources-read-text",
        "resources-read-binary",
        "resources-templates-read",
        "prompts-list",
        "prompts-get-simple",
        "prompts-get-with-args",
        "prompts-get-embedded-resource",
        "prompts-get-with-image",
      ]),
      ...checks("sep-2164-resource-not-found", ["sep-2164-error-code", "sep-2164-data-uri"]),
      ...checks("caching", [
        "sep-2549-prompts-list-caching-hints",
        "sep-2549-resources-list-caching-hints",
        "sep-2549-resources-templates-list-caching-hints",
      ]),
      "input-required-result-non-tool-request:sep-2322-non-tool-incomplete",
    ]),
    ...each(noFixture, [
      ...alike([
        "tools-call-simple-text",
        "tools-call-error",
        "tools-call-image",
        "tools-call-audio",
        "tools-call-embedded-resource",
        "tools-call-mixed-content",
        "tools-call-with-progress",
      ]),
      ...checks("server-stateless", [
        "sep-2575-server-rejects-undeclared-capability",
        "sep-2575-missing-capability-http-400",
        "sep-2575-http-server-no-independent-requests-on-stream",
        "sep-2575-server-no-log-without-loglevel",
      ]),
      "input-required-result-basic-elicitation:sep-2322-elicitation-incomplete",
      "input-required-result-basic-sampling:sep-2322-sampling-incomplete",
      "input-required-result-basic-list-roots:sep-2322-list-roots-incomplete",
      "input-required-result-request-state:sep-2322-request-state-incomplete",
      "input-required-result-multiple-input-requests:sep-2322-multiple-inputs-incomplete",
      "input-required-result-multi-round:sep-2322-multi-round-r1",
      "input-required-result-missing-input-response:sep-2322-missing-response-rerequests",
      "input-required-result-result-type:sep-2322-result-type-included",
      "input-required-result-tampered-state:sep-2322-reject-tampered-state",
      "input-required-result-capability-check:sep-2322-respect-client-capabilities",
      "input-required-result-ignore-extra-params:sep-2322-ignore-unexpected-params",
      ...checks("tasks-lifecycle", ["tasks-sync-tool-call"]),
      ...checks("tasks-capability-negotiation", ["sep-2663-server-rejects-undeclared-client"]),
      ...checks("tasks-request-headers", ["tasks-headers-tolerate-mcp-method-on-tools-call"]),
      ...checks("tasks-dispatch-and-envelope", [
        "sep-2663-legacy-task-param-ignored",
        "tasks-immediate-result-shortcut",
        "tasks-result-type-complete-on-non-task-responses",
      ]),
      "json-schema-2020-12:json-schema-2020-12-tool-found",
    ]),
  },
  "the product, 2025-11-25": {
    ...noSessions,
    ...each(onlyTools, [
      ...alike([
        "logging-set-level",
        "completion-complete",
        "resources-list",
        "resources-read-text",
        "resources-read-binary",
        "resources-templates-read",
        "resources-subscribe",
        "resources-unsubscribe",
        "prompts-list",
        "prompts-get-simple",
        "prompts-get-with-args",
        "prompts-get-embedded-resource",
        "prompts-get-with-image",
        "tools-call-with-logging",
      ]),
    ]),
    ...each(noFixture, [
      ...alike([
        "tools-call-simple-text",
        "tools-call-error",
        "tools-call-image",
        "tools-call-audio",
        "tools-call-embedded-resource",
        "tools-call-mixed-content",
        "tools-call-with-progress",
      ]),
      "json-schema-2020-12:json-schema-2020-12-tool-found",
    ]),
  },
  "authorization server": {},
};
