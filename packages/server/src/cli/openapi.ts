import { openApiDocument } from "../openapi/document.ts";
import { routes } from "../routes/table.ts";

/** `amused openapi`: the document, as a file that others can work with. */
export async function openapi(): Promise<void> {
  process.stdout.write(`${JSON.stringify(openApiDocument(routes), null, 2)}\n`);
}
