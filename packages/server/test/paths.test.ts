import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAmused, memoryStore } from "@amused/core";
import { diskFiles } from "@amused/providers/files";
import { createApp } from "@amused/server";
import { expect, onTestFinished, test } from "vitest";
import { served } from "./support/app.ts";

const secret = "what nobody may read";

/** The app over files on disk, with a secret beside their folder. */
async function open(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "amused-paths-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "files/se"), { recursive: true });
  await writeFile(join(folder, "secret.png"), secret);
  await writeFile(join(folder, "files/secret.png"), secret);
  const amused = await createAmused({ store: memoryStore(), files: diskFiles(join(folder, "files")) });
  onTestFinished(() => amused.close());
  return served(createApp(amused));
}

/** Asks for exactly this path, which `fetch` would straighten. */
function raw(url: string, path: string, method = "GET"): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, method }, async (answer) => {
      let body = "";
      for await (const piece of answer.setEncoding("latin1")) body += piece;
      resolve({ status: answer.statusCode ?? 0, body });
    });
    asked.on("error", reject).end();
  });
}

test("no path leads to a file that is not an image of the shop", async () => {
  const url = await open();
  for (const key of [
    "../secret.png",
    "..%2fsecret.png",
    "%2e%2e%2fsecret.png",
    "..%5csecret.png",
    "..%252fsecret.png",
    "se/../../secret.png",
    "%2e%2e/secret.png",
    "..%c0%afsecret.png",
    "..%ef%bc%8fsecret.png",
    "secret.png%00.png",
    "%00",
    "..",
    ".",
    "%2e",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "secret.png",
    "secret.png.type",
    "%ff",
    "%",
    "CON.png",
    "x".repeat(300),
    "__proto__",
    "constructor",
  ]) {
    const { status, body } = await raw(url, `/v1/files/${key}`);
    expect([key, status, body.includes(secret)]).toEqual([key, expect.toBeOneOf([400, 404]), false]);
  }
});

test("a method or a target that no browser sends is refused, and is no fault of ours", async () => {
  const url = await open();
  for (const method of ["TRACE", "PROPFIND", "PATCH"])
    expect([method, (await raw(url, "/v1/products", method)).status]).toEqual([
      method,
      expect.toBeOneOf([400, 405]),
    ]);
  for (const target of [
    "*",
    "//evil.example/v1/products",
    "http://evil.example/v1/products",
    "/\\/v1/products",
  ])
    expect([target, (await raw(url, target)).status]).toEqual([target, expect.toBeOneOf([400, 401, 404])]);
});
