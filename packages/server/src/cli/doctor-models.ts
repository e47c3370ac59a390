import { isAmusedError, type ModelCall } from "@amused/core";
import { openModels, saidOfModels } from "./models.ts";
import type { Settings } from "./settings.ts";

type Finding = { fine: string } | { fault: string };

/** How long a model has for an answer of one word. */
const limitMs = 10_000;

/** Whether the models that are set up answer: each is asked for a few tokens. Nothing of a shop is sent. */
export async function models(settings: Settings): Promise<Finding> {
  const said = saidOfModels(settings);
  if (said === null) return { fine: "none of others: no text leaves this host" };
  const { embedding, language } = (await openModels(settings)) ?? {};
  const faults = await Promise.all([
    language && faultOf("AI_MODEL", (call) => language.generate(greeting, call)),
    embedding && faultOf("AI_EMBEDDING_MODEL", (call) => embedding.embed(["Hello"], call)),
  ]);
  const found = faults.filter((fault) => fault != null);
  if (found.length === 0) return { fine: `${said}; asked, and answered` };
  return {
    fault: `${found.join(" ")} Look at AI_BASE_URL and AI_API_KEY, and whether the API has the model.`,
  };
}

const greeting = {
  system: "Answer with JSON only.",
  prompt: 'Answer {"word":"hello"}.',
  schema: { type: "object", properties: { word: { type: "string" } }, required: ["word"] },
  maxTokens: 50,
};

/** Why the model that a setting names does not answer; `null` where it does. Its errors hold nothing of what was sent. */
async function faultOf(setting: string, ask: (call: ModelCall) => Promise<unknown>): Promise<string | null> {
  const signal = AbortSignal.timeout(limitMs);
  try {
    await ask({ signal, used() {} });
    return null;
  } catch (error) {
    if (signal.aborted) return `The model of ${setting} did not answer within ${limitMs / 1000} s.`;
    if (isAmusedError(error)) return `The model of ${setting} does not work: ${error.message}`;
    return `The model of ${setting} does not work.`;
  }
}
