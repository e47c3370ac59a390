import ts from "typescript";
import { parse, type Sources } from "./imports.ts";

export interface Expression {
  path: string;
  source: string;
  flags: string;
}

/** Every regular expression that stands in the sources, each once. What is put together at run time is not seen. */
export function expressions(sources: Sources): Expression[] {
  const found = new Map<string, Expression>();
  for (const [path, text] of sources) {
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) {
        const end = node.text.lastIndexOf("/");
        const [source, flags] = [node.text.slice(1, end), node.text.slice(end + 1)];
        if (!found.has(node.text)) found.set(node.text, { path, source, flags });
      }
      ts.forEachChild(node, visit);
    };
    visit(parse(path, text));
  }
  return [...found.values()];
}
