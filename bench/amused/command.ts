import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ServerProcess, startServer } from "../measure/process.ts";

/** The command that everyone starts, on a database, with what it says of itself. */
export interface AmusedProcess extends ServerProcess {
  keyFor(sellerId: string): Promise<string>;
}

/** Starts the command as it is, but for these settings. */
export async function startAmused(
  databaseUrl: string,
  settings: Record<string, string> = {},
): Promise<AmusedProcess> {
  const adminKey = randomBytes(32).toString("base64url");
  const folder = await mkdtemp(join(tmpdir(), "amused-bench-"));
  const server = await startServer(
    new URL("../../packages/server/src/bin.ts", import.meta.url),
    ["start", "--json", "--port", "0", "--data", folder],
    { DATABASE_URL: databaseUrl, AMUSED_ADMIN_KEY: adminKey, LOG_LEVEL: "warn", ...settings },
  );
  return {
    ...server,
    async keyFor(sellerId) {
      const response = await fetch(`${server.url}/v1/keys`, {
        method: "POST",
        headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
        body: JSON.stringify({ sellerId, name: "bench", scopes: ["read", "write"] }),
      });
      if (response.status !== 201) throw new Error(`No key was made: ${await response.text()}`);
      return ((await response.json()) as { key: string }).key;
    },
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
