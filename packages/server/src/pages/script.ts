import { notFound } from "@amused/core";
import type { House } from "../house.ts";
import type { Reply } from "../http/reply.ts";
import { sha256 } from "../http/sha256.ts";
import type { Call } from "../routes/route.ts";

/** What the reference is told: everything from here, nothing to or from anybody else. */
const configuration = {
  url: "openapi.json",
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: "never",
  agent: { disabled: true },
  mcp: { disabled: true },
  persistAuth: false,
  metaData: { title: "Amused: API reference" },
};

const start = `\n;Scalar.createApiReference("#app", ${JSON.stringify(configuration)});\n`;

interface Script {
  plain: Uint8Array<ArrayBuffer>;
  zipped: Uint8Array<ArrayBuffer>;
  etag: string;
}

// Five megabytes of script are compressed once per app, when somebody first opens the page.
const made = new WeakMap<House, Promise<Script>>();

/** The API reference's script, from our own origin, with the line that starts it. */
export async function scriptReply({ house, request }: Call): Promise<Reply> {
  const { referenceScript } = house.options;
  if (referenceScript === undefined) throw notFound("file", "reference.js");
  const script = made.get(house) ?? make(referenceScript);
  made.set(house, script);
  const { plain, zipped, etag } = await script;
  const zip = /\bgzip\b/.test(request.headers.get("accept-encoding") ?? "");
  const headers: Record<string, string> = {
    "content-type": "text/javascript; charset=utf-8",
    "cache-control": "public, max-age=3600",
    vary: "Accept-Encoding",
    etag,
  };
  if (zip) headers["content-encoding"] = "gzip";
  return { status: 200, headers, body: zip ? zipped : plain };
}

async function make(referenceScript: () => Promise<Uint8Array<ArrayBuffer>>): Promise<Script> {
  const plain = new Uint8Array(await new Blob([await referenceScript(), start]).arrayBuffer());
  const stream = new Blob([plain]).stream().pipeThrough(new CompressionStream("gzip"));
  const zipped = new Uint8Array(await new Response(stream).arrayBuffer());
  return { plain, zipped, etag: `"${(await sha256(plain)).slice(0, 32)}"` };
}
