import { AmusedError } from "@amused/core";

/** The first of these types that the caller takes, by its own preference; `not_acceptable` when it takes none. */
export function negotiate<const Type extends string>(
  accept: string | null,
  offered: readonly [Type, ...Type[]],
): Type {
  if (accept === null || accept === "" || accept === "*/*" || accept === offered[0]) return offered[0];
  const ranges = accept.split(",").map(readRange);
  let best: Type | null = null;
  let bestQuality = 0;
  for (const type of offered) {
    const quality = qualityOf(type, ranges);
    if (quality > bestQuality) [best, bestQuality] = [type, quality];
  }
  if (best !== null) return best;
  throw new AmusedError("not_acceptable", `This answers ${offered.join(" or ")} only.`, {
    supported: [...offered],
  });
}

interface Range {
  type: string;
  quality: number;
}

function readRange(text: string): Range {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  const quality = q === undefined ? 1 : Number(q);
  return { type, quality: Number.isFinite(quality) ? quality : 0 };
}

/** The most specific range decides, as RFC 9110 says. */
function qualityOf(type: string, ranges: Range[]): number {
  const group = `${type.slice(0, type.indexOf("/"))}/*`;
  for (const name of [type, group, "*/*"]) {
    const range = ranges.find((range) => range.type === name);
    if (range !== undefined) return range.quality;
  }
  return 0;
}
