import { existsSync } from "node:fs";
import { join } from "node:path";

/** A file that the package carries: beside the built code, or, when the sources run, where they keep it. */
export function asset(name: string): string | null {
  const places = [
    import.meta.dirname,
    join(import.meta.dirname, "../.."),
    join(import.meta.dirname, "../../dist"),
  ];
  return places.map((place) => join(place, name)).find((path) => existsSync(path)) ?? null;
}
