import { z } from "zod";
import type { LanguageRequest } from "../../ports/models.ts";

/** One thing that a language model is used for: the question, and how its answer is read. */
export interface LanguageUse<T> {
  kind: string;
  request: LanguageRequest;
  /** What is to be made of the answer; `null`, or an error, where it is nonsense. */
  read(answer: unknown): T | null;
  /** How long an answer is kept in the cache. */
  keepMs: number;
}

/**
 * What users wrote, between marks that it can not close: within them `<` is written as JSON escapes it. The system's part of
 * a question says that what stands there is data, whatever it says.
 */
export function marked(name: string, value: unknown): string {
  return `<${name}>\n${JSON.stringify(value).toWellFormed().replaceAll("<", "\\u003c")}\n</${name}>`;
}

/** At most so many UTF-16 units, no half characters. */
export function atMost(text: string, length: number): string {
  return text.slice(0, length).toWellFormed();
}

/** The JSON Schema of an answer; what providers do not take in it is left out. */
export function jsonSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(schema);
  return rest;
}
