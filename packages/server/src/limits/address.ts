/** What `@hono/node-server` hands to apps of the request, as far as its sender's address goes. */
interface NodeEnv {
  incoming?: { socket?: { remoteAddress?: string | undefined } | null } | undefined;
}

/**
 * The address that a request came from: the other end of the connection, or, behind so many proxies, what the outermost of
 * them saw. Each proxy adds at the end of `X-Forwarded-For` whom it heard, so that what stands further left is anybody's
 * word. `null` where the host does not tell.
 */
export function addressOf(request: Request, env: unknown, proxies: number): string | null {
  if (proxies > 0) {
    const said = request.headers.get("x-forwarded-for")?.split(",").at(-proxies)?.trim();
    if (said) return network(said.slice(0, 64));
  }
  const heard = (env as NodeEnv | undefined)?.incoming?.socket?.remoteAddress;
  return heard === undefined ? null : network(heard);
}

/** An IPv4 address as it is; of an IPv6 address the first 64 bits, of which whoever has one has them all. */
function network(address: string): string {
  const ipv4 = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?$/i.exec(address)?.[1];
  if (ipv4 !== undefined) return ipv4;
  const [text = ""] = address.replace(/^\[/, "").split(/[\]%]/);
  const [left = [], right = []] = text.split("::").map((part) => (part === "" ? [] : part.split(":")));
  const zeros = new Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0");
  return [...left, ...zeros, ...right].slice(0, 4).join(":").toLowerCase();
}
