// What the official suite looks for on a server under test: tools, prompts and resources with fixed names that return fixed
// things. They exist only in the process that server.mjs starts; the product has no code of this.
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  acceptedContent,
  createRequestStateCodec,
  inputRequired,
  inputResponse,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
} from "@modelcontextprotocol/server";

// One white pixel, and a silence of no samples.
const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAGLfZ3AAAAABJRU5ErkJggg==";
const wav = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

const text = (words) => ({ type: "text", text: words });
const said = (...content) => ({ content });
const image = { type: "image", data: png, mimeType: "image/png" };
const embedded = (uri, mimeType, words) => ({ type: "resource", resource: { uri, mimeType, text: words } });

const nothing = { type: "object", properties: {} };
const ask = (message, properties) =>
  inputRequired.elicit({ message, requestedSchema: { type: "object", properties, required: Object.keys(properties) } });
const askName = () => ask("What is your name?", { name: { type: "string" } });
const sample = (words, maxTokens) =>
  inputRequired.createMessage({ messages: [{ role: "user", content: text(words) }], maxTokens });

const codec = createRequestStateCodec({ key: randomBytes(32) });

/** What the server noted at the end of the round before, if this is not the first. @throws ProtocolError when it was tampered with */
async function stateOf({ mcpReq }, ctx) {
  const state = mcpReq.requestState();
  if (state === undefined) return undefined;
  return codec.verify(state, ctx).catch(() => {
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, "Invalid requestState");
  });
}

const capabilitiesOf = ({ mcpReq }) => mcpReq.envelope?.["io.modelcontextprotocol/clientCapabilities"] ?? {};

/** Logs thrice with moments between, so that what is sent before the result is seen to arrive. */
async function log({ mcpReq }) {
  for (const words of ["Tool execution started", "Tool processing data", "Tool execution completed"]) {
    await mcpReq.log("info", words);
    await sleep(50);
  }
  return said(text("Logged three times."));
}

async function progress({ mcpReq }) {
  const progressToken = mcpReq._meta?.progressToken;
  for (const done of [0, 50, 100]) {
    if (progressToken !== undefined)
      await mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress: done, total: 100 } });
    await sleep(50);
  }
  return said(text("Went on three times."));
}

/** A tool that asks once. @param answered whether the client's answers hold what is asked for */
const asksOnce =
  (inputRequests, answered) =>
  ({ mcpReq }) =>
    answered(mcpReq.inputResponses) ? said(text("Answered.")) : inputRequired({ inputRequests: inputRequests() });

/** As above, and remembers by a sealed state that it asked. */
const asksWithState = (inputRequests, words) => async (ctx) => {
  const state = await stateOf(ctx, ctx);
  if (
    state &&
    Object.keys(inputRequests()).every((key) => inputResponse(ctx.mcpReq.inputResponses, key).kind !== "missing")
  )
    return said(text(words));
  return inputRequired({ inputRequests: inputRequests(), requestState: await codec.mint({ round: 1 }) });
};

async function twoRounds(ctx) {
  const state = await stateOf(ctx, ctx);
  const { inputResponses } = ctx.mcpReq;
  if (state?.round === 2 && acceptedContent(inputResponses, "step2")) return said(text("Both steps done."));
  if (state?.round === 1 && acceptedContent(inputResponses, "step1"))
    return inputRequired({
      inputRequests: { step2: ask("Step 2: What is your favorite color?", { color: { type: "string" } }) },
      requestState: await codec.mint({ round: 2 }),
    });
  return inputRequired({
    inputRequests: { step1: ask("Step 1: What is your name?", { name: { type: "string" } }) },
    requestState: await codec.mint({ round: 1 }),
  });
}

const askConfirmation = () => ({ confirm: ask("Please confirm", { ok: { type: "boolean" } }) });

/** Asks only for what the client says it can do. */
function asksByCapability(ctx) {
  const { elicitation, sampling } = capabilitiesOf(ctx);
  return inputRequired({
    inputRequests: {
      ...(elicitation ? { user_name: askName() } : {}),
      ...(sampling ? { greeting: sample("Generate a greeting", 50) } : {}),
    },
  });
}

function needsSampling(ctx) {
  if (!capabilitiesOf(ctx).sampling)
    throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { sampling: {} } });
  return said(text("The client can sample."));
}

const kinds2020 = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  $defs: {
    address: {
      $anchor: "addressDef",
      type: "object",
      properties: { street: { type: "string" }, city: { type: "string" } },
    },
  },
  properties: {
    name: { type: "string" },
    address: { $ref: "#/$defs/address" },
    contactMethod: { type: "string", enum: ["phone", "email"] },
    phone: { type: "string" },
    email: { type: "string" },
  },
  allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
  if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { required: ["phone"] },
  else: { required: ["email"] },
  additionalProperties: false,
};

const elicitation = asksOnce(
  () => ({ user_name: askName() }),
  (answers) => Boolean(acceptedContent(answers, "user_name")),
);

/** Name → what calling it does. */
const calls = {
  // Tools that another server might make tasks of (the extension); here they answer at once, as without it they must.
  greet: (_, { name }) => said(text(`Hello, ${name}!`)),
  confirm_delete: (_, { filename }) => said(text(`There was no ${filename}.`)),
  slow_compute: (_, { seconds }) => said(text(`Computed as if for ${seconds} seconds.`)),
  test_simple_text: () => said(text("This is a simple text response for testing.")),
  test_image_content: () => said(image),
  test_audio_content: () => said({ type: "audio", data: wav, mimeType: "audio/wav" }),
  test_embedded_resource: () =>
    said(embedded("test://embedded-resource", "text/plain", "This is an embedded resource content.")),
  test_multiple_content_types: () =>
    said(
      text("Multiple content types test:"),
      image,
      embedded("test://mixed-content-resource", "application/json", JSON.stringify({ test: "data", value: 123 })),
    ),
  test_error_handling: () => ({
    isError: true,
    content: [text("This tool intentionally returns an error for testing")],
  }),
  test_tool_with_logging: log,
  test_logging_tool: log,
  test_tool_with_progress: progress,
  test_missing_capability: needsSampling,
  test_streaming_elicitation: elicitation,
  test_input_required_result_elicitation: elicitation,
  test_input_required_result_sampling: asksOnce(
    () => ({ capital_question: sample("What is the capital of France?", 100) }),
    (answers) => inputResponse(answers, "capital_question").kind === "sampling",
  ),
  test_input_required_result_list_roots: asksOnce(
    () => ({ client_roots: inputRequired.listRoots() }),
    (answers) => inputResponse(answers, "client_roots").kind === "roots",
  ),
  test_input_required_result_request_state: asksWithState(askConfirmation, "state-ok"),
  test_input_required_result_tampered_state: asksWithState(askConfirmation, "state-ok"),
  test_input_required_result_multiple_inputs: asksWithState(
    () => ({
      user_name: askName(),
      greeting: sample("Generate a greeting", 50),
      client_roots: inputRequired.listRoots(),
    }),
    "All answered.",
  ),
  test_input_required_result_multi_round: twoRounds,
  test_input_required_result_capabilities: asksByCapability,
  json_schema_2020_12_tool: () => said(text("Its input schema is what is looked at.")),
};

const message = (content) => ({ role: "user", content });
const argument = (name) => ({ name, description: `The ${name}`, required: true });

/** Name → arguments and what it is made into. */
const prompts = {
  test_simple_prompt: { make: () => [message(text("This is a simple prompt for testing."))] },
  test_prompt_with_arguments: {
    arguments: [argument("arg1"), argument("arg2")],
    make: ({ arg1, arg2 }) => [message(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`))],
  },
  test_prompt_with_embedded_resource: {
    arguments: [argument("resourceUri")],
    make: ({ resourceUri }) => [
      message(embedded(resourceUri, "text/plain", "Embedded resource content for testing.")),
      message(text("Please process the embedded resource above.")),
    ],
  },
  test_prompt_with_image: { make: () => [message(image), message(text("Please analyze the image above."))] },
  test_input_required_result_prompt: {
    make: (_, { mcpReq }) => {
      const { context } = acceptedContent(mcpReq.inputResponses, "user_context") ?? {};
      if (context) return [message(text(`In the context of ${context}.`))];
      const asked = ask("What context should the prompt use?", { context: { type: "string" } });
      return inputRequired({ inputRequests: { user_context: asked } });
    },
  },
};

const resources = {
  "test://static-text": {
    name: "Static text",
    mimeType: "text/plain",
    text: "This is the content of the static text resource.",
  },
  "test://static-binary": { name: "Static binary", mimeType: "image/png", blob: png },
  "test://watched-resource": { name: "Watched", mimeType: "text/plain", text: "Nothing happens here." },
};

function read(uri) {
  const { name: _, ...found } = resources[uri] ?? {};
  if (found.mimeType) return { contents: [{ uri, ...found }] };
  const [, id] = /^test:\/\/template\/([^/]+)\/data$/.exec(uri) ?? [];
  if (id)
    return { contents: [{ uri, mimeType: "application/json", text: JSON.stringify({ id, data: `Data of ${id}` }) }] };
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, "Resource not found", { uri });
}

/** Everything beside tools: methods the product does not have at all. */
function install(server) {
  server.registerCapabilities({ completions: {}, logging: {}, prompts: {}, resources: { subscribe: true } });
  server.setRequestHandler("prompts/list", () => ({
    prompts: Object.entries(prompts).map(([name, prompt]) => ({
      name,
      description: `For the suite: ${name}`,
      ...(prompt.arguments ? { arguments: prompt.arguments } : {}),
    })),
  }));
  server.setRequestHandler("prompts/get", ({ params }, ctx) => {
    const prompt = prompts[params.name];
    if (!prompt) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown prompt: ${params.name}`);
    const made = prompt.make(params.arguments ?? {}, ctx);
    return Array.isArray(made) ? { messages: made } : made;
  });
  server.setRequestHandler("resources/list", () => ({
    resources: Object.entries(resources).map(([uri, { name, mimeType }]) => ({ uri, name, mimeType })),
  }));
  server.setRequestHandler("resources/templates/list", () => ({
    resourceTemplates: [{ uriTemplate: "test://template/{id}/data", name: "Template", mimeType: "application/json" }],
  }));
  server.setRequestHandler("resources/read", ({ params }) => read(params.uri));
  server.setRequestHandler("resources/subscribe", () => ({}));
  server.setRequestHandler("resources/unsubscribe", () => ({}));
  server.setRequestHandler("completion/complete", () => ({ completion: { values: [], total: 0, hasMore: false } }));
}

/** @type {import("../../src/transports/mcp/server.ts").Fixtures} */
export const fixtures = {
  tools: Object.keys(calls).map((name) => ({
    name,
    description: `For the suite: ${name}`,
    inputSchema: name === "json_schema_2020_12_tool" ? kinds2020 : nothing,
  })),
  call: async (name, args, ctx) => calls[name](ctx, args),
  install,
};
