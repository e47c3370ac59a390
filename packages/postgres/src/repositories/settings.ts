import { encodedText, type SellerSettings, type SettingsRepository } from "@amused/core";
import type { Database, Row } from "../database.ts";
import { commandStatement } from "../sql/command.ts";
import { isOpen } from "../sql/open.ts";
import { headColumns, headOf } from "../sql/page.ts";

/** What sellers have set. */
export function settingsRepository(schema: string): (database: Database) => SettingsRepository {
  const table = `${schema}.seller_settings`;
  const find = `
    select coalesce((select settings::text from ${table} where seller_id = $1::text), '{}') as body, ${headColumns(schema)}`;

  // The row is there before it is locked and read, so that of two who change at once the second sees the first.
  const begin = `insert into ${table} (seller_id, settings) select $1::text, '{}' where ${isOpen(schema)} on conflict do nothing`;
  const update = commandStatement(schema, {
    parameters: 1,
    sql: `
      before as materialized (select settings from ${table} where seller_id = $1::text for update),
      changed as materialized (
        select jsonb_object_agg(c.key, c.value) as settings from before, jsonb_each($5::jsonb) c
        where coalesce(before.settings -> c.key, 'null') <> c.value),
      made as (
        update ${table} t set settings = jsonb_strip_nulls(t.settings || changed.settings) from changed
        where t.seller_id = $1::text and changed.settings is not null returning t.settings),
      facts as (
        select 1 as ord, null::bigint as product_id, 'settings.updated' as type,
          '{"changed":' || changed.settings::text || '}' as payload
        from made, changed)`,
    outcome:
      "select coalesce((select settings::text from made), before.settings::text) as body, null::text as revision from before",
  });

  return (database) => ({
    async find(sellerId) {
      const [row] = (await database.run(sellerId, find, [sellerId])) as [Row];
      return { body: encodedText<Partial<SellerSettings>>(row.body as string), head: headOf(row) };
    },

    async update(command, changes) {
      await database.run(command.sellerId, begin, [command.sellerId]);
      const { written } = await update<Partial<SellerSettings>>(database, command, [JSON.stringify(changes)]);
      return written as NonNullable<typeof written>;
    },
  });
}
