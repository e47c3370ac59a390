import { readFileSync } from "node:fs";

/** How many files and sockets a process may have open, or `null` where there is no /proc to say so. Node raises the soft limit to it. */
export function openFilesAllowed(): number | null {
  try {
    const limit = /^Max open files +\S+ +(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return limit === undefined ? null : Number(limit);
  } catch {
    return null;
  }
}
