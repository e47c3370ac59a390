import type { z } from "zod";
import { type Fault, invalidRequest } from "../errors.ts";

/** Reads an input at the door, or refuses it with every fault by its path, which begins with the name of the input, if it has one. */
export function parse<T>(schema: z.ZodType<T>, input: unknown, name?: string): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const found = faults(result.error.issues, schema);
  throw invalidRequest(
    name === undefined
      ? found
      : found.map(({ path, message }) => ({ path: path === "" ? name : `${name}.${path}`, message })),
  );
}

/** What zod found, in our words: one fault for each place. What is unknown is told with what is known there by the schema. */
export function faults(issues: readonly z.core.$ZodIssue[], schema: z.ZodType): Fault[] {
  const all = issues.flatMap((issue): Fault[] => {
    const path = issue.path.map(String).join(".");
    const within = (key: string) => (path === "" ? key : `${path}.${key}`);
    switch (issue.code) {
      case "unrecognized_keys":
        return issue.keys.map((key) => ({
          path: within(key),
          message: unknownName(namesAt(schema, issue.path)),
        }));
      case "invalid_type":
        return [
          {
            path,
            message:
              issue.input === undefined && issue.message.endsWith("undefined")
                ? "is required"
                : wording(issue),
          },
        ];
      case "invalid_key":
        return [{ path, message: issue.issues.map(({ message }) => message).join("; ") }];
      case "invalid_value":
        return [{ path, message: `must be one of ${issue.values.map(String).join(", ")}` }];
      default:
        return [{ path, message: issue.message }];
    }
  });
  // A value that fails several checks is told once, by the first.
  const told = new Set<string>();
  return all.filter(({ path }) => !told.has(path) && told.add(path));
}

/** What is said of a name that is none of these. */
export function unknownName(known: readonly string[]): string {
  return known.length === 0 ? "is unknown here" : `is unknown here; known: ${known.join(", ")}`;
}

/** The names that a schema knows at a place. */
function namesAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const {
    innerType,
    in: input,
    element,
    shape,
  } = schema.def as unknown as {
    innerType?: z.ZodType;
    in?: z.ZodType;
    element?: z.ZodType;
    shape?: Record<string, z.ZodType>;
  };
  const wrapped = innerType ?? input;
  if (wrapped !== undefined) return namesAt(wrapped, path);
  const [step, ...rest] = path;
  if (step === undefined) return Object.keys(shape ?? {});
  const within = element ?? shape?.[String(step)];
  return within === undefined ? [] : namesAt(within, rest);
}

/** Our own messages are kept; zod's "Invalid input: expected string, received number" is turned into ours. */
function wording(issue: z.core.$ZodIssueInvalidType): string {
  const match = /^Invalid input: expected (\w+), received (\w+)$/.exec(issue.message);
  if (match === null) return issue.message;
  return match[2] === "undefined" ? "is required" : `must be ${article(match[1] as string)}, not ${match[2]}`;
}

const kinds: Record<string, string> = {
  string: "text",
  record: "an object",
  object: "an object",
  array: "a list",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
};
function article(kind: string): string {
  return kinds[kind] ?? kind;
}
