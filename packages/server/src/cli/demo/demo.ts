import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Amused, isAmusedError } from "@amused/core";
import { loadDemo } from "./load.ts";

export const demoSeller = "demo";
const keyName = "demo, made by amused start --demo";

/** What is remembered between starts, in the data folder, for the owner's eyes only. */
interface Remembered {
  apiKey?: string;
  loaded?: boolean;
}

export interface Demo {
  apiKey: string;
  loaded: "now" | "before" | "not empty";
}

/** Sees to it that the demo shop is there with a key that works: loads it once, and gives the same key on every start. */
export async function prepareDemo(
  amused: Amused,
  folder: string,
  say: (progress: { done: number; total: number }) => void,
): Promise<Demo> {
  const path = join(folder, "demo.json");
  const remembered = await read(path);
  const apiKey = await workingKey(amused, remembered.apiKey);
  const save = (loaded: boolean) => write(path, { apiKey, loaded });
  if (remembered.loaded && (await hasProducts(amused))) return { apiKey, loaded: "before" };
  // Begun here, or by nobody: what somebody else has put there is not touched.
  if (remembered.loaded === undefined && (await hasProducts(amused))) {
    return { apiKey, loaded: "not empty" };
  }
  await save(false);
  await loadDemo(amused.seller(demoSeller, { actor: "demo" }), say);
  await save(true);
  return { apiKey, loaded: "now" };
}

async function hasProducts(amused: Amused): Promise<boolean> {
  return (await amused.seller(demoSeller).products.list({ limit: 1 })).items.length > 0;
}

async function workingKey(amused: Amused, known: string | undefined): Promise<string> {
  if (known !== undefined) {
    try {
      const key = await amused.services.keys.verify(known);
      if (key.sellerId === demoSeller) return known;
    } catch (error) {
      if (!isAmusedError(error, "unauthenticated")) throw error;
    }
  }
  // A key that nobody remembers is of no use to anybody but a thief.
  for await (const key of amused.keys.list({ sellerId: demoSeller }))
    if (key.name === keyName) await amused.keys.revoke(key.id);
  const { key } = await amused.keys.create({
    sellerId: demoSeller,
    name: keyName,
    scopes: ["read", "write"],
  });
  return key;
}

async function read(path: string): Promise<Remembered> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Remembered;
  } catch {
    return {};
  }
}

async function write(path: string, remembered: Remembered): Promise<void> {
  await writeFile(path, `${JSON.stringify(remembered)}\n`, { mode: 0o600 });
  await chmod(path, 0o600);
}
