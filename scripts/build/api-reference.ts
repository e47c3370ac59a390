/**
 * The browser bundle of the API reference page. The package named for it, `@scalar/api-reference`, brings 272 packages
 * and 287 MB for this one file; the one for Fastify carries the file itself and hands it out as a route, which is asked here.
 */
export async function apiReference(): Promise<Uint8Array<ArrayBuffer>> {
  const { default: plugin } = await import("@scalar/fastify-api-reference");
  let script: string | undefined;
  const reply = { header: () => reply, send: (body: string) => body };
  const server = {
    route: ({ url, handler }: { url: string; handler: (request: unknown, reply: unknown) => unknown }) => {
      if (url.endsWith(".js")) script = String(handler({}, reply));
    },
  };
  const register = plugin as unknown as (server: unknown, options: unknown, next: () => void) => void;
  register(server, { routePrefix: "/", configuration: { url: "/openapi.json" } }, () => {});
  if (!script || script.length < 100_000)
    throw new Error("@scalar/fastify-api-reference no longer hands out its script");
  return new TextEncoder().encode(script);
}
