import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Service } from "./ladder.ts";

/** The folder of the newest PostgreSQL programs on this machine that are at least of the version asked. */
export function postgresBinaries(oldest: number): string | undefined {
  const versioned = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"].flatMap((parent) =>
    (existsSync(parent) ? readdirSync(parent) : [])
      .filter((name) => parent.endsWith("postgresql") || name.startsWith("postgresql"))
      .map((name) => join(parent, name, "bin")),
  );
  const folders = [...(process.env.PATH ?? "").split(":"), ...versioned];
  const found = folders
    .filter((folder) => existsSync(join(folder, "postgres")) && existsSync(join(folder, "initdb")))
    .map((folder) => ({ folder, version: versionOf(folder) }))
    .filter(({ version }) => version >= oldest)
    .sort((a, b) => b.version - a.version);
  return found[0]?.folder;
}

function versionOf(folder: string): number {
  try {
    const said = execFileSync(join(folder, "postgres"), ["--version"], { encoding: "utf8" });
    return Number(/\(PostgreSQL\) (\d+)/.exec(said)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** A server of our own, which can be stopped and killed, and started again on the same data and port. */
export interface OwnPostgres {
  url: string;
  port: number;
  start(): Promise<void>;
  /** Sends a signal to the server and waits for its end: `SIGINT` is a fast shutdown, `SIGKILL` a crash. */
  stop(signal?: "SIGINT" | "SIGKILL"): Promise<void>;
  /** Takes everything away. */
  remove(): Promise<void>;
}

/** Starts a server of our own on a free port in a temporary folder, which goes when we go, however we go. */
export async function startPostgres(binaries: string): Promise<Service> {
  const { url, port, start, remove } = await ownPostgres(binaries);
  await start();
  return { url, how: `started a server of its own (${binaries}, port ${port})`, stop: remove };
}

/** Makes a server of our own in a temporary folder, on a free port. */
export async function ownPostgres(binaries: string): Promise<OwnPostgres> {
  const folder = mkdtempSync(join(tmpdir(), "amused-postgres-"));
  const user = unprivilegedUser();
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const asUser = { cwd: folder, ...user, env: { ...process.env, HOME: folder } };

  const port = await freePort();
  try {
    const initdb = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
    await promisify(execFile)(join(binaries, "initdb"), initdb, asUser);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }

  // A shell holds the server and waits for the end of its input, which comes also when this process is killed:
  // so no run leaves a server behind. It is a session of its own, so that Ctrl-C does not reach the server first.
  const hold = [
    '"$@" >log 2>&1 & server=$!',
    'read -r signal || { kill -INT $server; wait $server; rm -rf "$PWD"; exit; }',
    "kill -$signal $server; wait $server",
  ].join("\n");
  const settings = Object.entries({
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "200",
    // The data is thrown away at the end, so nothing has to survive a power loss.
    fsync: "off",
    full_page_writes: "off",
  }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const server = [join(binaries, "postgres"), "-D", data, "-p", String(port), ...settings];
  let holder: ReturnType<typeof spawn> | null = null;

  async function start(): Promise<void> {
    const held = spawn("/bin/sh", ["-c", hold, "sh", ...server], {
      ...asUser,
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    held.unref();
    holder = held;
    const deadline = Date.now() + 30_000;
    while (!isReady(folder)) {
      // The processes of a server that was killed take a moment to follow it.
      if (/pre-existing shared memory block/.test(logOf(folder)) && Date.now() < deadline) {
        await stop();
        return start();
      }
      // Clients that came too early are told so in the log, too.
      if (Date.now() > deadline || /FATAL: {2}(?!the database system is )/.test(logOf(folder))) {
        const said = logOf(folder).trim().split("\n").at(-1) ?? "";
        await remove();
        throw new Error(`the server in ${binaries} did not start: ${said}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async function stop(signal: "SIGINT" | "SIGKILL" = "SIGINT"): Promise<void> {
    if (holder === null) return;
    const gone = once(holder, "exit");
    holder.ref();
    holder.stdin?.end(`${signal.slice(3)}\n`);
    await gone;
    holder = null;
    rmSync(join(folder, "log"), { force: true });
  }

  async function remove(): Promise<void> {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  }

  return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, port, start, stop, remove };
}

function isReady(folder: string): boolean {
  return logOf(folder).includes("ready to accept connections");
}

function logOf(folder: string): string {
  const path = join(folder, "log");
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** PostgreSQL refuses to run as root, so root lends it the first of these users that the machine has. */
function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  for (const name of ["postgres", "nobody"]) {
    const user = users.find((fields) => fields[0] === name);
    if (user) return { uid: Number(user[2]), gid: Number(user[3]) };
  }
  throw new Error("runs as root, and has neither a user postgres nor nobody to lend to PostgreSQL");
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
