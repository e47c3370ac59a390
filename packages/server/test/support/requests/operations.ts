import { openApiDocument, routes } from "@amused/server";
import type { Schema } from "./json-schema.ts";

export interface Operation {
  operationId: string;
  security?: unknown[];
  description?: string;
  parameters?: { name: string; in: "query" | "path" | "header"; required?: boolean; schema: Schema }[];
  requestBody?: { required?: boolean; content: Record<string, { schema: Schema }> };
  responses: Record<string, Answer>;
}
interface Answer {
  $ref?: string;
  content?: Record<string, { schema: Schema }>;
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { responses: Record<string, Answer> };
}

/** The OpenAPI document as a reader has it. */
export const document: Document = JSON.parse(JSON.stringify(openApiDocument(routes)));

export interface Described {
  method: string;
  path: string;
  operation: Operation;
}

/** Everything that the document says can be asked. */
export const operations: readonly Described[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
);

/** The media types and schemas that the document declares for a status; `null` where it does not declare it. */
export function declared({ operation }: Described, status: number): NonNullable<Answer["content"]> | null {
  const answer = operation.responses[status];
  if (answer === undefined) return null;
  const name = answer.$ref?.split("/").at(-1);
  return (name === undefined ? answer : document.components.responses[name])?.content ?? {};
}
