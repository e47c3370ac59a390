import { invalidRequest } from "@amused/core";

/** `If-None-Match` compares the whole tag, weakly; `*` is any. */
export function matchesNone(header: string | null, etag: string | undefined): boolean {
  if (header === null || etag === undefined) return false;
  if (header === etag || header.trim() === "*") return true;
  return header.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
}

/**
 * The version that `If-Match` asks for: the part of the tag before the stock's revision, so that an open editor survives
 * a sale. `*` asks for none; a tag that is not ours can not match, which version 0 says.
 */
export function versionOf(header: string | null): number | undefined {
  if (header === null || header.trim() === "*") return undefined;
  const tag = /^(?:W\/)?"([\x21\x23-\x7e]*)"$/.exec(header.trim())?.[1];
  if (tag === undefined)
    throw invalidRequest([
      { path: "If-Match", message: 'must be one entity tag, such as "3" or "3-17", or *' },
    ]);
  const version = /^(\d{1,15})(?:-\d+)?$/.exec(tag)?.[1];
  return version === undefined ? 0 : Number(version);
}
