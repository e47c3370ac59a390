import { readdirSync, readFileSync } from "node:fs";
import type { DatabaseServer } from "./database.ts";

/** Ticks of /proc per second; Linux has told every program 100 since long ago, whatever the kernel counts in. */
const ticksPerSecond = 100;

/**
 * CPU seconds that a process's threads have used, to the nanosecond: `cpuOf` goes by hundredths, too coarse for rounds of
 * a second on a busy machine. Threads that ended are not counted.
 */
export function exactCpuOf(pid: number): number | null {
  try {
    const nanoseconds = readdirSync(`/proc/${pid}/task`).map((thread) =>
      Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]),
    );
    return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e9;
  } catch {
    return cpuOf(pid);
  }
}

/** CPU seconds that a process has used, or `null` where there is no /proc to say so. */
export function cpuOf(pid: number): number | null {
  try {
    // The name in parentheses may hold spaces; what follows the last one does not. utime and stime are fields 14 and 15.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  } catch {
    return null;
  }
}

export type BackendCpu = Map<number, number>;

/** CPU seconds of each of PostgreSQL's processes that serve a database; none where it runs on another machine. */
export async function backendCpu(server: DatabaseServer, database: string): Promise<BackendCpu> {
  const rows = await server.run<{ pid: number }>("select pid from pg_stat_activity where datname = $1", [
    database,
  ]);
  return new Map(
    rows.flatMap(({ pid }) => {
      const cpu = cpuOf(pid);
      return cpu === null ? [] : [[pid, cpu] as const];
    }),
  );
}

/** What they used between two looks; `null` where they could not be seen. */
export function backendCpuBetween(before: BackendCpu, after: BackendCpu): number | null {
  if (after.size === 0) return null;
  return [...after].reduce((sum, [pid, cpu]) => sum + cpu - (before.get(pid) ?? 0), 0);
}
