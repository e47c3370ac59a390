import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Installs a package where root may, on Debian; undefined when it could, else the reason why not. */
export function aptInstall(name: string, pack: string): string | undefined {
  if (process.getuid?.() !== 0 || !existsSync("/etc/debian_version"))
    return "not root on Debian, so not installed";
  console.log(`${name}: not on this machine; installs it (apt-get install -y ${pack}), about a minute …`);
  const apt = (...args: string[]) =>
    execFileSync("apt-get", args, {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      stdio: ["ignore", "ignore", "inherit"],
    });
  const install = () => apt("install", "-y", "--no-install-recommends", pack);
  try {
    install();
  } catch {
    // The usual cause in a fresh container is that no package list has been fetched yet.
    apt("update");
    install();
  }
  return undefined;
}
