import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium as playwright } from "playwright-core";
import { inject, test } from "vitest";

/** `test`, or a skip that says why where the tests go without a browser. */
export const browserTest: typeof test = inject("chromium") === null ? (test.skip as typeof test) : test;

export interface Chromium {
  /** Makes contexts as Playwright does, whose pages all believe to be in front. */
  browser: Browser;
  /** The browser's own: here tabs are hidden, frozen and kept for the way back as users have it. */
  own: BrowserContext;
  close(): Promise<void>;
}

/**
 * A Chromium without a window. Started here and not by Playwright, which would switch off that pages are put away and
 * come back.
 */
export async function launch(): Promise<Chromium> {
  const profile = await mkdtemp(join(tmpdir(), "amused-chromium-"));
  const program = [
    ...[inject("chromium") ?? "", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"],
    ...["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    ...["--disable-dev-shm-usage", "--remote-debugging-port=0", `--user-data-dir=${profile}`],
  ];
  // The shell ends the browser at the end of its input, which comes also when this process is killed.
  const hold = '"$@" & browser=$!; read -r _; kill $browser; wait $browser';
  const holder = spawn("/bin/sh", ["-c", hold, "sh", ...program], { stdio: ["pipe", "ignore", "pipe"] });
  const gone = once(holder, "exit");
  const close = async () => {
    holder.stdin.end();
    await gone;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  let said = "";
  try {
    const address = await new Promise<string>((resolve, reject) => {
      holder.stderr.setEncoding("utf8").on("data", (piece: string) => {
        said += piece;
        const found = /DevTools listening on (ws:\S+)/.exec(said);
        if (found?.[1]) resolve(found[1]);
      });
      setTimeout(() => reject(new Error(`the browser does not answer: ${said}`)), 45_000).unref();
    });
    holder.stderr.removeAllListeners("data").resume();
    const connect = () => playwright.connectOverCDP(address, { noDefaults: true, timeout: 15_000 });
    // A browser that has only just begun now and then leaves its first caller without an answer.
    const browser = await connect().catch(connect).catch(connect);
    const [own] = browser.contexts();
    if (!own) throw new Error("the browser has no context");
    return {
      browser,
      own,
      async close() {
        await browser.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
