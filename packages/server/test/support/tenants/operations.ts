import { routes } from "@amused/server";
import { operations as described } from "../requests/operations.ts";
import {
  bodies,
  namingHeaders,
  namingQueries,
  otherHeaders,
  otherQueries,
  pathNames,
  plainQueries,
} from "./examples.ts";
import type { Names } from "./shop.ts";
import type { Ask } from "./world.ts";

/** An operation of the document, with the scope that its route declares. */
export interface Operation {
  id: string;
  scope: (typeof routes)[number]["scope"];
  method: string;
  path: string;
  success: number;
  /** Every status that is one. */
  successes: number[];
  parameters: Parameter[];
  bodyType: string | null;
}

type Parameter = NonNullable<(typeof described)[number]["operation"]["parameters"]>[number];

/** Everything that the document describes and that is not open to everybody. */
export const operations: Operation[] = described
  .map(({ method, path, operation: { operationId: id, parameters = [], requestBody, responses } }) => {
    const successes = Object.keys(responses)
      .map(Number)
      .filter((status) => status >= 200 && status < 300);
    return {
      ...{ id, path, parameters, method, successes, success: successes[0] as number },
      scope: (routes.find((route) => route.id === id) as (typeof routes)[number]).scope,
      bodyType: Object.keys(requestBody?.content ?? {})[0] ?? null,
    };
  })
  .filter(({ scope }) => scope !== "public");

/** Those that are for one seller. */
export const sellerOperations: Operation[] = operations.filter(({ scope }) => scope !== "admin");

/** Those of them that list or export: whatever a seller has shows in one of them. */
export const lists: Operation[] = sellerOperations.filter(
  ({ method, path, scope, parameters }) =>
    method === "GET" &&
    scope !== "stream" &&
    !path.includes("{") &&
    !parameters.some((one) => one.in === "query" && one.required),
);

/** One way in which an operation can name what is another's, and the status that it has then. */
export interface Attempt {
  what: string;
  theirs: number;
  fill(names: Names, own: Names): Ask;
}

const missing = (where: string, what: string) =>
  new Error(
    `The test of tenants does not know ${what}. Add it to ${where} in packages/server/test/support/tenants/examples.ts: what it names of a shop, or that it names nothing.`,
  );

/** A request of an operation: its path by `path`, its body by `names`, and the parameters that it can not do without. */
export function requestOf(operation: Operation, names: Names, own: Names, path: Names[] = []): Ask {
  const { id, method, bodyType } = operation;
  let nth = 0;
  let to = "";
  for (const part of operation.path.split("/").slice(1)) {
    to += `/${part}`;
    if (!part.startsWith("{")) continue;
    const of = pathNames[operation.path.slice(0, operation.path.indexOf(part) + part.length)];
    if (of === undefined) throw missing("pathNames", `the path ${operation.path}`);
    to = `${to.slice(0, -part.length)}${(path[nth++] ?? names)[of]}`;
  }
  const needed = operation.parameters.filter((one) => one.in === "query" && one.required);
  const query = needed.map((one) => queryOf(operation, one, names)).join("&");
  const ask: Ask = { method, path: query ? `${to}?${query}` : to };
  if (bodyType === null) return ask;
  const example = bodies[id];
  if (example === undefined) throw missing("bodies", `the body of ${id}`);
  const body = example.of(names, own);
  const isRaw = typeof body === "string" || body instanceof Uint8Array;
  return {
    ...ask,
    headers: { "content-type": bodyType },
    body: isRaw ? (body as BodyInit) : JSON.stringify(body),
  };
}

function queryOf({ id }: Operation, { name, schema }: Parameter, names: Names): string {
  const value = namingQueries[name]?.of(names, names) ?? schema.enum?.[0] ?? plainQueries[name];
  if (value === undefined) throw missing("namingQueries or plainQueries", `the parameter ${name} of ${id}`);
  return `${name}=${encodeURIComponent(String(value))}`;
}

/** Every way in which an operation can name what is another's. */
export function attemptsOf(operation: Operation): Attempt[] {
  const { success, path, parameters, bodyType, scope } = operation;
  const ids = path.split("{").length - 1;
  const body = bodyType === null ? undefined : bodies[operation.id];
  const attempts: Attempt[] = [
    {
      what: ids > 0 ? "by its path" : "as it is",
      theirs: ids > 0 ? 404 : (body?.theirs ?? success),
      fill: (names, own) => requestOf(operation, names, own),
    },
  ];
  if (ids > 1)
    attempts.push({
      what: "by the second id of its path",
      theirs: 404,
      fill: (names, own) => requestOf(operation, names, own, [own]),
    });
  if (ids > 0 && bodyType !== null)
    attempts.push({
      what: "by its body",
      theirs: body?.theirs ?? success,
      fill: (names, own) => requestOf(operation, names, own, [own, own]),
    });
  for (const one of parameters) {
    const known = one.in === "header" ? namingHeaders[one.name] : namingQueries[one.name];
    if (one.in === "query" && !otherQueries.includes(one.name))
      attempts.push({
        what: `by ?${one.name}=`,
        theirs: (scope === "stream" ? known?.streamed : undefined) ?? known?.theirs ?? success,
        fill: (names, own) => withQuery(requestOf(operation, names, own, [own, own]), operation, one, names),
      });
    if (one.in !== "header" || otherHeaders.includes(one.name)) continue;
    if (known === undefined) throw missing("namingHeaders or otherHeaders", `the header ${one.name}`);
    attempts.push({
      what: `by its path and ${one.name}`,
      theirs: ids > 0 ? 404 : success,
      fill(names, own) {
        const ask = requestOf(operation, names, own);
        return { ...ask, headers: { ...ask.headers, [one.name]: known.of(names, own) } };
      },
    });
  }
  return attempts;
}

/** The same with a parameter more in its query. */
function withQuery(ask: Ask, operation: Operation, parameter: Parameter, names: Names): Ask {
  if (parameter.required) return ask;
  const query = queryOf(operation, parameter, names);
  return { ...ask, path: `${ask.path}${ask.path.includes("?") ? "&" : "?"}${query}` };
}
