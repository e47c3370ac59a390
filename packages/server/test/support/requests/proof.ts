import type { Amused } from "@amused/core";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { Asked } from "./asked.ts";
import { declared, document } from "./operations.ts";

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(document, "document");

/** What is wrong with an answer: a fault of ours, a status or body that the document does not declare. */
export async function faultOf({ described }: Asked, answer: Response): Promise<string | null> {
  const { status, headers } = answer;
  const type = headers.get("content-type")?.split(";")[0] ?? null;
  // A stream goes on for ever; that it began is all there is to see.
  if (type === "text/event-stream") {
    await answer.body?.cancel();
    return null;
  }
  const text = await answer.text();
  if (status >= 500) return `${status}: ${text.slice(0, 500)}`;
  const content = declared(described, status);
  if (content === null) return `${status} is not declared: ${text.slice(0, 500)}`;
  if (Object.keys(content).length === 0)
    return text === "" ? null : `${status} has a body: ${text.slice(0, 200)}`;
  const known = type === null ? undefined : (content[type] ?? content[type.replace(/\/.*/, "/*")]);
  if (known === undefined) return `${status} is ${type}, not ${Object.keys(content).join(" or ")}`;
  if (!type?.endsWith("json") || type.endsWith("ndjson")) return null;
  const value: unknown = JSON.parse(text);
  if (ajv.validate(resolved(known.schema), value)) return null;
  return `${status} does not fit its schema: ${ajv.errorsText()}: ${text.slice(0, 1000)}`;
}

const compiled = new WeakMap<object, object>();

/** The schema with its references led into the document. */
function resolved(schema: object): object {
  const known = compiled.get(schema);
  if (known) return known;
  const text = JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"document#/');
  const made = JSON.parse(text) as object;
  compiled.set(schema, made);
  return made;
}

/** Everything that a refused request must leave alone, for these sellers and the keys. */
export async function stateOf(amused: Amused, sellers: readonly string[]): Promise<string> {
  const parts: unknown[] = [];
  const all = { limit: 200 };
  for (const id of sellers) {
    const { products, sales, incoming, events, settings } = amused.seller(id);
    for (const list of [products.list(all), sales.list(all), incoming.list(all), events.list(all)])
      parts.push((await list).items);
    parts.push(await settings.get());
  }
  for await (const { lastUsedAt: _, ...key } of amused.keys.list()) parts.push(key);
  return JSON.stringify(parts);
}
