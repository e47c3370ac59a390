import { extras } from "./build/extras.ts";
import { isFresh, setFresh, stateOf } from "./build/freshness.ts";
import { hasSources, packages } from "./packages.ts";
import { say, timed } from "./say.ts";

/** Builds the packages into their `dist`, in the order of their needs. Declarations are for those who publish. */
export async function build(options: { onlyStale?: boolean; declarations?: boolean } = {}): Promise<void> {
  const all = packages().filter(hasSources);
  const stale = options.onlyStale ? all.filter((one) => !isFresh(one)) : all;
  if (stale.length === 0) return;

  say(`Builds ${stale.map(({ name }) => name).join(", ")} …`);
  await timed(`Built ${stale.length} of ${all.length} packages`, async () => {
    // Loaded only now, because a start with nothing to build should not wait for it.
    const [tsup, { library }] = await Promise.all([import("tsup"), import("./tsup.ts")]);
    for (const [index, one] of stale.entries()) {
      const state = stateOf(one);
      const from = performance.now();
      await tsup.build(library(one.folder, one.entries));
      const made = await (extras[one.name]?.(one) ?? []);
      setFresh(one, state);
      say(`  ${index + 1}/${stale.length} ${[one.name, ...made].join(", ")}`, from);
    }
    if (options.declarations) {
      const { writeDeclarations } = await import("./build/declarations.ts");
      await timed("  declarations", async () => writeDeclarations(all));
    }
  });
}

if (import.meta.main) {
  await build({ declarations: true }).catch((error: Error) => {
    console.error(error.message);
    process.exit(1);
  });
}
