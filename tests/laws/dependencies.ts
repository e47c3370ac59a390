/** What `package-lock.json` says of one package; `""` is this repository, `packages/…` are ours. */
export interface Locked {
  name?: string;
  link?: boolean;
  resolved?: string;
  license?: string;
  hasInstallScript?: boolean;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

export type Lock = Readonly<Record<string, Locked>>;

export interface Dependency {
  name: string;
  licence: string;
  hasInstallScript: boolean;
  /** Our packages that name it, or that it comes along with. */
  direct: Set<string>;
  along: Set<string>;
}

// Whoever runs our suites has a test runner of their own; nothing of it gets into production.
const forTests = "@amused/testkit";

/** Everything of others that comes with our published packages, optional peers that turn a feature on among it. */
export function productionDependencies(lock: Lock): Dependency[] {
  const found = new Map<string, Dependency>();
  for (const [folder, { name = "" }] of Object.entries(lock)) {
    if (!/^packages\/[^/]+$/.test(folder) || name === forTests) continue;
    const seen = new Set<string>();
    const visit = (place: string, wanted: string, direct: boolean): void => {
      const at = placeOf(lock, place, wanted);
      // Optional parts for other machines are not installed here.
      if (at === null) return;
      const { link, resolved } = lock[at] as Locked;
      // Ours are counted where they are.
      const to = link && resolved ? resolved : at;
      if (!link) {
        const known = found.get(to) ?? dependency(wanted, lock[to] as Locked);
        found.set(to, known);
        (direct ? known.direct : known.along).add(name);
      }
      if (seen.has(to)) return;
      seen.add(to);
      for (const next of needs(lock[to] as Locked, link === true)) visit(to, next, false);
    };
    for (const next of needs(lock[folder] as Locked, true)) visit(folder, next, true);
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function dependency(name: string, { license, hasInstallScript }: Locked): Dependency {
  const none = { direct: new Set<string>(), along: new Set<string>() };
  return { name, licence: license ?? "none", hasInstallScript: hasInstallScript === true, ...none };
}

function needs(locked: Locked, ours: boolean): string[] {
  const peers = Object.keys(locked.peerDependencies ?? {}).filter(
    (peer) => ours || locked.peerDependenciesMeta?.[peer]?.optional !== true,
  );
  return [...Object.keys({ ...locked.dependencies, ...locked.optionalDependencies }), ...peers];
}

/** Where Node would find a package from there: in the nearest `node_modules` above. */
function placeOf(lock: Lock, from: string, name: string): string | null {
  for (let folder = from; ; ) {
    const at = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
    if (at in lock) return at;
    if (folder === "") return null;
    const up = folder.lastIndexOf("/node_modules/");
    folder = up > 0 ? folder.slice(0, up) : "";
  }
}

/** The rows of a table in Markdown whose first cell is a name in backquotes: the cells by that name. */
export function rowsByName(markdown: string): Map<string, string[]> {
  const rows = markdown.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
  return new Map(
    rows.flatMap(([, first, ...rest]) => {
      const name = /^`(.+)`$/.exec(first ?? "")?.[1];
      return name === undefined ? [] : [[name, rest.slice(0, -1)] as const];
    }),
  );
}
