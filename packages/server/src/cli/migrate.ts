import { openAdapters } from "./house.ts";
import { readSettings } from "./settings.ts";

/** `amused migrate`: safe beside running servers and beside itself. */
export async function migrate(flags: { data?: string }): Promise<void> {
  const settings = readSettings({ AMUSED_DATA: flags.data }, process.env);
  const { store } = await openAdapters(settings);
  try {
    const { applied } = await store.migrate();
    for (const name of applied) console.log(`applied ${name}`);
    if (applied.length === 0) console.log("The database has the layout of this version already.");
  } finally {
    await store.close();
  }
}
