import { idSchema, type Scope } from "@amused/core";
import { Refusal } from "./fail.ts";
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
  json?: boolean;
}

/** `amused keys create`: prints the key alone, for a script to take, or with `--json` the whole of it. */
export async function createKey({
  seller,
  scopes,
  name,
  expires,
  json,
  data,
}: CreateKeyFlags): Promise<void> {
  const request = {
    scopes: scopes.split(",").map((scope) => scope.trim()) as Scope[],
    ...(seller !== undefined && { sellerId: seller }),
    ...(name !== undefined && { name }),
    ...(expires !== undefined && { expiresAt: expires }),
  };
  const key = await withAmused(settingsOf({ ...(data !== undefined && { data }) }), (amused) =>
    amused.keys.create(request),
  );
  console.log(json ? JSON.stringify(key) : key.key);
}

/** `amused keys list` */
export async function listKeys({
  seller,
  json,
  ...flags
}: StoreFlags & { seller?: string; json?: boolean }): Promise<void> {
  await withData(settingsOf(flags), async (amused) => {
    for await (const key of amused.keys.list({
      limit: 200,
      ...(seller !== undefined && { sellerId: seller }),
    })) {
      const { id, prefix, sellerId, name, scopes, expiresAt, lastUsedAt } = key;
      const ends = expiresAt === null ? "" : `  ends ${expiresAt}`;
      const line = `${id}  ${prefix}…  ${sellerId ?? "(admin)"}  ${scopes.join(",")}  ${name}  last used ${lastUsedAt ?? "never"}${ends}`;
      console.log(json ? JSON.stringify(key) : line);
    }
  });
}

/** `amused keys revoke` */
export async function revokeKey(id: string, flags: StoreFlags): Promise<void> {
  const { success, data: checked } = idSchema.safeParse(Number(id));
  if (!success) throw new Refusal(`A key is named by its number, as in "amused keys list"; ${id} is none.`);
  await withData(settingsOf(flags), (amused) => amused.keys.revoke(checked));
  console.log(`Key ${checked} is revoked.`);
}

function settingsOf({ data }: StoreFlags) {
  return readSettings({ AMUSED_DATA: data }, process.env);
}
