import { type ImportColumns, importColumns } from "../../domain/import.ts";
import { invalidRequest } from "../../errors.ts";

/** Refuses the header of a CSV with unknown columns, or without those needed, and says which these are. */
export function checkHeader(kind: keyof typeof importColumns, header: readonly string[]): void {
  const { needed, others }: ImportColumns = importColumns[kind];
  const known = new Set([...needed.flat(), ...others]);
  const isColumn = (name: string) =>
    known.has(name) || (kind === "products" && /^attributes\..{1,100}$/.test(name));
  const seen = new Set<string>();
  const faults = header.flatMap((name, index) => {
    if (!isColumn(name))
      return [
        { path: name === "" ? `column ${index + 1}` : name, message: "is not a column of this import" },
      ];
    if (seen.has(name)) return [{ path: name, message: "stands twice in the header" }];
    seen.add(name);
    return [];
  });
  const missing = needed
    .filter((names) => !names.some((name) => seen.has(name)))
    .map((names) => ({ path: names.join(" or "), message: "is not in the header" }));
  if (faults.length + missing.length === 0) return;
  const found = header.slice(0, 20).map((name) => name.slice(0, 40));
  const more = header.length > found.length ? ` and ${header.length - found.length} more` : "";
  const has =
    header.length === 0 ? "The file has no header row" : `The header has ${found.join(", ")}${more}`;
  const needs = needed.map((names) => names.join(" or ")).join(", ");
  const may = [...others, ...(kind === "products" ? ["attributes.NAME"] : [])].join(", ");
  const message = `${has}; a CSV of ${kind} needs ${needs}, and may have ${may}`;
  throw invalidRequest([{ path: "", message }, ...missing, ...faults]);
}
