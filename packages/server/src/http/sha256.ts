interface NodeCrypto {
  hash(algorithm: "sha256", data: string | Uint8Array, encoding: "hex"): string;
}

// Where Node's own hash is at hand (Node, Bun, Deno, Workers) it answers at once and costs a tenth of WebCrypto, which
// takes a trip through another thread. Asked for at run time, so that this room needs the web platform only.
const node: NodeCrypto | undefined = (
  globalThis as { process?: { getBuiltinModule?: (name: string) => NodeCrypto | undefined } }
).process?.getBuiltinModule?.("node:crypto");

/** SHA-256 of text or bytes, in hex. */
export function sha256(data: string | Uint8Array<ArrayBuffer>): string | Promise<string> {
  return node?.hash === undefined ? webSha256(data) : node.hash("sha256", data, "hex");
}

async function webSha256(data: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
