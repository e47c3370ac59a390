import { execFile, execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { type Ready, welcome } from "../src/cli/welcome.ts";
import { adminKey, served, testApp } from "./support/app.ts";

const hasCurl = (() => {
  try {
    execFileSync("curl", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

test.skipIf(!hasCurl).each<[string, (key: string) => Partial<Ready>, Record<string, string>]>([
  ["at the first start", () => ({ adminKey }), {}],
  ["at a later start", () => ({}), { ADMIN_KEY: adminKey }],
  ["with the demo", (apiKey) => ({ demo: { seller: "acme", apiKey } }), {}],
])("the lines to try work as they are printed, %s", async (_, shown, env) => {
  let url = "";
  const { key } = await testApp({}, async (app) => {
    url = await served(app);
    return { raw: (path, init) => fetch(url + path, init) };
  });
  const lines = welcome({ url, ...shown(key) })
    .split("\n")
    .filter((line) => /^ {4}(KEY=|curl )/.test(line))
    // The stream has no end, so that it is given one.
    .map((line) => line.replace("curl -N", "curl -N --max-time 2"));
  const said = await new Promise<string>((resolve) => {
    execFile("sh", ["-c", lines.join("\n")], { env: { PATH: process.env.PATH, ...env } }, (_, stdout) =>
      resolve(stdout),
    );
  });
  expect(said).toContain('"name":"Green tea"');
  expect(said).toContain("event: product.created");
});
