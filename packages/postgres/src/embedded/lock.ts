import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import { AmusedError } from "@amused/core/errors";

interface Holder {
  pid: number;
  /** When that process began, as its system tells it: pids are used again. */
  began: string | null;
}

/**
 * Holds a folder for this process: two processes on one embedded database would silently lose one side's writes. The
 * lock stands beside the folder; that of a process which is gone is taken over. Returns what gives it back.
 */
export function lockFolder(folder: string): () => void {
  const path = `${folder}.lock`;
  if (!create(path)) {
    const holder = read(path);
    if (isAlive(holder)) throw inUse(folder, holder);
    takeOver(path, folder);
  }
  const release = () => {
    process.off("exit", release);
    if (read(path).pid === process.pid) rmSync(path, { force: true });
  };
  process.on("exit", release);
  return release;
}

/** One of those who find a dead holder clears it away; a second lock decides who, and the rest meet the new holder. */
function takeOver(path: string, folder: string): void {
  const guard = `${path}.takeover`;
  const age = ageOf(guard);
  // Taking over takes milliseconds: a guard this old was left by a process that died at it.
  if (age !== null && age > 10_000) rmSync(guard, { force: true });
  if (!create(guard)) throw inUse(folder, read(guard));
  try {
    const holder = read(path);
    if (isAlive(holder)) throw inUse(folder, holder);
    rmSync(path, { force: true });
    if (!create(path)) throw inUse(folder, read(path));
  } finally {
    rmSync(guard, { force: true });
  }
}

function create(path: string): boolean {
  try {
    const file = openSync(path, "wx");
    writeSync(file, JSON.stringify({ pid: process.pid, began: beginningOf(process.pid) }));
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function read(path: string): Holder {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Holder;
  } catch {
    // Just being written, or cut off while written: its age tells which.
    return (ageOf(path) ?? 0) < 2_000 ? { pid: 0, began: "writing" } : { pid: 0, began: null };
  }
}

function isAlive({ pid, began }: Holder): boolean {
  if (pid === 0) return began === "writing";
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and another user's.
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const now = beginningOf(pid);
  return began === null || now === null || began === now;
}

/** The start time in /proc/<pid>/stat, field 22; `null` where there is no /proc. */
function beginningOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

function ageOf(path: string): number | null {
  const file = statSync(path, { throwIfNoEntry: false });
  return file === undefined ? null : Date.now() - file.mtimeMs;
}

function inUse(folder: string, { pid }: Holder): AmusedError {
  const who =
    pid === 0
      ? "a process that is just starting"
      : pid === process.pid
        ? `this process (pid ${pid})`
        : `process ${pid}`;
  return new AmusedError(
    "unavailable",
    `The data folder ${folder} is in use by ${who}. Stop it first, or use another folder.`,
    {},
  );
}
