/**
 * The name under which tabs find each other: the same server and the same seller. Undefined where nothing says which
 * seller it is, as with cookies, because tabs of two sellers must never share. The credential itself is not in it.
 */
export async function shareName(
  baseUrl: string | URL,
  seller: string | undefined,
  credential: string | undefined,
): Promise<string | undefined> {
  const named = seller ?? sellerIn(credential);
  if (named !== undefined) return `amused 1 ${baseUrl} seller ${named}`;
  if (!credential) return undefined;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(credential));
  return `amused 1 ${baseUrl} credential ${new Uint32Array(digest.slice(0, 16)).join("-")}`;
}

/** The seller that a stream token or a JWT speaks of. It is taken at its word, because the server checks it. */
function sellerIn(token = ""): string | undefined {
  const [, ours, payload = ""] = /^(?:(ams_)|[\w-]+\.)([\w-]+)\.[\w-]+$/.exec(token) ?? [];
  try {
    const claims = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
    const seller: unknown = ours ? claims.s : claims.seller_id;
    return typeof seller === "string" ? seller : undefined;
  } catch {
    return undefined;
  }
}
