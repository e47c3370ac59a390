import { spawnSync } from "node:child_process";
import { root } from "./packages.ts";
import { say } from "./say.ts";

// `npm run audit`: asks the registry for known weaknesses of what gets into production. A registry that gives no such
// answer (a mirror, a machine without a network) is no fault of the house.
interface Audit {
  vulnerabilities?: Record<string, { severity: string }>;
  message?: string;
}

const { stdout } = spawnSync("npm", ["audit", "--omit=dev", "--json"], {
  cwd: root,
  encoding: "utf8",
  timeout: 120_000,
});
const { vulnerabilities, message }: Audit = parsed(stdout ?? "");
if (vulnerabilities === undefined)
  say(`Not audited: this registry does not answer (${message ?? "no answer"}).`);
else {
  const weak = Object.entries(vulnerabilities);
  for (const [name, { severity }] of weak) say(`${name}: ${severity}`);
  say(weak.length === 0 ? "No known weakness in production." : 'Run "npm audit --omit=dev" for what to do.');
  const grave = weak.filter(([, { severity }]) => severity === "high" || severity === "critical");
  if (grave.length > 0) process.exitCode = 1;
}

function parsed(text: string): Audit {
  try {
    return JSON.parse(text) as Audit;
  } catch {
    return {};
  }
}
