import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { hasSources, type Package, root } from "../packages.ts";

/**
 * Writes the declarations of all packages with one program: every source is read and checked once. (One bundled
 * declaration per package, as tsup makes them, costs a program per entry point.) The maps lead an editor to the
 * sources, which are published too.
 */
export function writeDeclarations(all: Package[]): void {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, "tsconfig.json"),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (fault) => fail([fault]),
    },
  );
  if (!config) throw new Error("tsconfig.json can not be read");
  const entries = all
    .filter(hasSources)
    .flatMap(({ folder, entries }) => entries.map((entry) => join(folder, entry)));
  const program = ts.createProgram(
    entries.filter((path) => ts.sys.fileExists(path)),
    {
      ...config.options,
      noEmit: false,
      declaration: true,
      declarationMap: true,
      emitDeclarationOnly: true,
      noEmitOnError: true,
      rootDir: root,
      outDir: root,
    },
  );
  const { diagnostics } = program.emit(undefined, (path, text) => {
    const target = path.replace(/^(.*\/packages\/[^/]+)\/src\//, "$1/dist/");
    ts.sys.writeFile(target, target.endsWith(".map") ? mapped(text, path, target) : plain(text));
  });
  const faults = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
  if (faults.length > 0) fail(faults);
}

/** Beside the built files stand `.js` and `.d.ts`, so an import of `./x.ts` is written as `./x.js`. */
function plain(text: string): string {
  return text.replace(/((?:from|import)\s*\(?\s*")(\.{1,2}\/[^"]*)\.ts"/g, '$1$2.js"');
}

/** The map was made for a declaration beside its source, but stands in `dist`. */
function mapped(text: string, path: string, target: string): string {
  const map: { sources: string[] } = JSON.parse(text);
  const sources = map.sources.map((source) => relative(dirname(target), join(dirname(path), source)));
  return JSON.stringify({ ...map, sources });
}

function fail(faults: readonly ts.Diagnostic[]): never {
  const host = {
    getCanonicalFileName: (name: string) => name,
    getCurrentDirectory: () => root,
    getNewLine: () => "\n",
  };
  throw new Error(`type errors, so no declarations\n${ts.formatDiagnostics(faults, host)}`);
}
