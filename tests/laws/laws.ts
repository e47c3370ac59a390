import ts from "typescript";
import { importsOf, packageOf, parse, resolve, type Sources } from "./imports.ts";
import type { Room } from "./rooms.ts";

/** Every import that the laws of the rooms forbid, one line each. */
export function forbiddenImports(sources: Sources, rooms: Room[]): string[] {
  const roomOf = (path: string) => rooms.find(({ files }) => files.test(path));
  return [...sources].flatMap(([path, text]) => {
    const room = roomOf(path);
    if (!room) return [`${path} lies in no room`];
    return importsOf(parse(path, text)).flatMap(({ specifier, typeOnly }) => {
      const target = resolve(path, specifier);
      const said = `${path} (${room.name}) imports ${specifier}`;
      if (target === undefined) return allows(room, packageName(specifier), typeOnly) ? [] : [said];
      if (specifier.startsWith(".") && packageOf(target) !== packageOf(path))
        return [`${said}, which leaves its package`];
      const other = entranceOf(target, specifier, roomOf);
      return other === room.name || allows(room, other, typeOnly)
        ? []
        : [`${said} (${other}${typeOnly ? "" : ", at run time"})`];
    });
  });
}

/** From outside a package is one room, whatever its entry point; but two of core's have a door of their own. */
function entranceOf(target: string, specifier: string, roomOf: (path: string) => Room | undefined): string {
  const room = roomOf(target)?.name ?? "no room";
  const ownDoor = room === "core/errors" || room === "core/live";
  return specifier.startsWith(".") || ownDoor ? room : (packageOf(target) ?? room);
}

function allows(room: Room, name: string, typeOnly: boolean): boolean {
  const allowed = typeOnly ? [...room.may, ...(room.mayAsTypes ?? [])] : room.may;
  return allowed.includes(name) || (name.startsWith("node:") && allowed.includes("node:*"));
}

function packageName(specifier: string): string {
  if (specifier.startsWith("node:")) return specifier;
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

/** Packages that are imported but not named in the manifest: they would be missing once installed. */
export function undeclaredPackages(sources: Sources, manifests: Record<string, Manifest>): string[] {
  return [...sources].flatMap(([path, text]) => {
    const { dependencies, peerDependencies } = manifests[packageOf(path) ?? ""] ?? {};
    const declared = { ...dependencies, ...peerDependencies };
    return importsOf(parse(path, text))
      .map(({ specifier }) => packageName(specifier))
      .filter((name) => !name.startsWith(".") && !name.startsWith("node:") && !(name in declared))
      .map((name) => `${path} imports ${name}, which its package.json does not name`);
  });
}

export interface Manifest {
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

/** Every circle of imports, type-only ones counted, as a path that ends where it began. */
export function circles(sources: Sources): string[] {
  const edges = new Map(
    [...sources].map(([path, text]) => [
      path,
      [...new Set(importsOf(parse(path, text)).flatMap(({ specifier }) => resolve(path, specifier) ?? []))],
    ]),
  );
  const found: string[] = [];
  const state = new Map<string, "open" | "done">();
  const trail: string[] = [];
  const visit = (path: string): void => {
    if (state.get(path) === "open") found.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
    if (state.has(path)) return;
    state.set(path, "open");
    trail.push(path);
    for (const next of edges.get(path) ?? []) visit(next);
    trail.pop();
    state.set(path, "done");
  };
  for (const path of edges.keys()) visit(path);
  return found;
}

/** A front door only hands on: nothing but `export … from`. */
export function crowdedDoors(sources: Sources): string[] {
  return [...sources]
    .filter(([path]) => path.endsWith("/index.ts"))
    .flatMap(([path, text]) =>
      parse(path, text)
        .statements.filter((statement) => !(ts.isExportDeclaration(statement) && statement.moduleSpecifier))
        .map(
          ({ pos, end }) => `${path} has more than it hands on: ${text.slice(pos, end).trim().slice(0, 60)}`,
        ),
    );
}

/** Files of rooms that hold types only, in which something would be left to run. */
export function runtimeInTypes(sources: Sources, rooms: Room[]): string[] {
  return [...sources]
    .filter(([path]) => rooms.find(({ files }) => files.test(path))?.erases)
    .filter(([path, text]) => !parse(path, text).statements.every(erases))
    .map(([path]) => `${path} holds more than types`);
}

function erases(statement: ts.Statement): boolean {
  if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) return true;
  if (ts.isImportDeclaration(statement)) return statement.importClause?.isTypeOnly ?? false;
  return ts.isExportDeclaration(statement) && statement.isTypeOnly;
}

export function tooLong(sources: Sources, reasons: Record<string, string>, limit = 300): string[] {
  return [...sources]
    .map(([path, text]) => ({ path, lines: text.trimEnd().split("\n").length }))
    .filter(({ path, lines }) => lines > limit && !(path in reasons))
    .map(({ path, lines }) => `${path} has ${lines} lines: is it one thing?`);
}
