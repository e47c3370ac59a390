import { type ApiKey, idSchema, type Scope } from "@amused/core";
import { durationSchema } from "../units/duration.ts";
import { oneLine, Refusal } from "./fail.ts";
import { withAmused, withData } from "./house.ts";
import { readSettings } from "./settings.ts";

interface StoreFlags {
  data?: string;
}

export interface CreateKeyFlags extends StoreFlags {
  seller?: string;
  scopes: string;
  name?: string;
  expires?: string;
  origins?: string;
  json?: boolean;
}

/** `amused keys create`: prints the key alone, for a script to take, or with `--json` the whole of it. */
export async function createKey({
  seller,
  scopes,
  name,
  expires,
  origins,
  json,
  ...flags
}: CreateKeyFlags): Promise<void> {
  const request = {
    scopes: listOf(scopes) as Scope[],
    ...(seller !== undefined && { sellerId: seller }),
    ...(name !== undefined && { name }),
    ...(expires !== undefined && { expiresAt: expires }),
    ...(origins !== undefined && { origins: listOf(origins) }),
  };
  const key = await withAmused(settingsOf(flags), (amused) => amused.keys.create(request));
  console.log(json ? JSON.stringify(key) : key.key);
}

/** `amused keys list`: newest first, in columns. */
export async function listKeys({
  seller,
  json,
  ...flags
}: StoreFlags & { seller?: string; json?: boolean }): Promise<void> {
  await withData(settingsOf(flags), async (amused) => {
    if (!json) console.log(columns(["ID", "PREFIX", "SELLER", "SCOPES", "LAST USED", "ENDS", "NAME"]));
    const query = { limit: 200, ...(seller !== undefined && { sellerId: seller }) };
    for await (const key of amused.keys.list(query)) console.log(json ? JSON.stringify(key) : lineOf(key));
  });
}

export interface RotateKeyFlags extends StoreFlags {
  overlap: string;
  expires?: string;
  json?: boolean;
}

/** `amused keys rotate`: prints as `create` does; when the old key ends is said beside it. */
export async function rotateKey(
  id: string,
  { overlap, expires, json, ...flags }: RotateKeyFlags,
): Promise<void> {
  const duration = durationSchema.safeParse(overlap);
  if (!duration.success) throw new Refusal(`--overlap ${duration.error.issues[0]?.message}`);
  const old = numberOf(id);
  const rotation = { overlap: duration.data, ...(expires !== undefined && { expiresAt: expires }) };
  const key = await withData(settingsOf(flags), (amused) => amused.keys.rotate(old, rotation));
  console.log(json ? JSON.stringify(key) : key.key);
  console.error(`Key ${key.id} takes the place of key ${old}, which lives on for ${overlap} at most.`);
}

/** `amused keys revoke` */
export async function revokeKey(id: string, flags: StoreFlags): Promise<void> {
  const key = numberOf(id);
  await withData(settingsOf(flags), (amused) => amused.keys.revoke(key));
  console.log(`Key ${key} is revoked.`);
}

function numberOf(id: string): number {
  const { success, data } = idSchema.safeParse(Number(id));
  if (success) return data;
  throw new Refusal(`A key is named by its number, as in "amused keys list"; ${id} is none.`);
}

function listOf(text: string): string[] {
  return text.split(",").map((item) => item.trim());
}

function lineOf({
  id,
  prefix,
  sellerId,
  scopes,
  lastUsedAt,
  expiresAt,
  name,
  origins,
  replacedBy,
}: ApiKey): string {
  const notes = [
    oneLine(name),
    origins === null ? "" : `(only on ${origins.join(", ")})`,
    replacedBy === null ? "" : `(replaced by ${replacedBy})`,
  ];
  return columns([
    ...[String(id), prefix, sellerId ?? "(admin)", scopes.join(",")],
    ...[lastUsedAt ?? "never", expiresAt ?? "never", notes.filter(Boolean).join(" ")],
  ]);
}

/** A value longer than its column pushes the rest of its line. */
function columns(values: string[]): string {
  const widths = [4, 12, 14, 10, 24, 24, 0];
  return values
    .map((value, i) => value.padEnd(widths[i] as number))
    .join("  ")
    .trimEnd();
}

function settingsOf({ data }: StoreFlags) {
  return readSettings({ AMUSED_DATA: data }, process.env);
}
