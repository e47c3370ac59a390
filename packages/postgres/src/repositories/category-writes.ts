import type { Effect } from "../sql/command.ts";
import { alive, bare, object, productJson, quoted, revision, text } from "../sql/json.ts";

/** Keeps a batch of suggestions, and gives products their categories where that is asked for. */
export function suggestCategories(schema: string): Effect {
  const [table, products] = [`${schema}.category_suggestions`, `${schema}.products`];
  return {
    parameters: 1,
    sql: `
      entry as materialized (
        select r.*, r.suggestions -> 0 ->> 'category' as category, (r.suggestions -> 0 ->> 'confidence')::float8 as confidence,
          s.category as category_before
        from rows from (json_to_recordset($5::json) as (
          "productId" bigint, version integer, suggestions json, model text, "basedOn" bigint, apply boolean))
          with ordinality as r (product_id, version, suggestions, model, based_on, apply, ord)
        join ${products} p on p.seller_id = $1::text and p.id = r.product_id and p.version = r.version
          and p.category is null and ${alive("p")}
        left join ${table} s on s.seller_id = $1::text and s.product_id = r.product_id
        where coalesce(s.state, 'open') = 'open' and r.suggestions -> 0 is not null),
      held as materialized (
        select p.id from ${products} p join entry on entry.product_id = p.id and entry.version = p.version
        where p.seller_id = $1::text and p.category is null and ${alive("p")}
        order by p.id for no key update of p),
      made as (
        insert into ${table} as s (seller_id, product_id, state, suggestions, category, confidence, model, based_on, product_version, created_at)
        select $1::text, product_id, case when apply then 'applied' else 'open' end, suggestions, category, confidence, model,
          based_on, version, $3::timestamptz
        from entry join held on held.id = entry.product_id order by product_id
        on conflict (seller_id, product_id) do update set state = excluded.state, suggestions = excluded.suggestions,
          category = excluded.category, confidence = excluded.confidence, model = excluded.model, based_on = excluded.based_on,
          product_version = excluded.product_version, created_at = excluded.created_at
        where s.state = 'open'
        returning s.product_id),
      given as (
        update ${products} p set category = entry.category, version = p.version + 1, updated_at = $3::timestamptz
        from entry join made using (product_id)
        where p.seller_id = $1::text and p.id = entry.product_id and entry.apply
        returning p.id, ${productJson("p")} as body),
      facts as (
        select row_number() over (order by ord, step) as ord, product_id, type, payload from (
          select entry.ord, 1 as step, entry.product_id, 'product.categorized' as type, ${object({
            category: text("entry.category"),
            confidence: bare("entry.confidence"),
            applied: bare("entry.apply"),
          })} as payload
          from entry join made using (product_id) where entry.apply or entry.category is distinct from entry.category_before
          union all
          select entry.ord, 2, given.id, 'product.updated', ${object({ product: "given.body", changed: `'["category"]'` })}
          from given join entry on entry.product_id = given.id) f)`,
    outcome: "select 'null' as body, null::text as revision",
  };
}

/** Gives a product its category, and keeps what was decided of the suggestion. */
export function settleCategory(schema: string): Effect {
  const [table, products] = [`${schema}.category_suggestions`, `${schema}.products`];
  return {
    parameters: 4,
    sql: `
      before as materialized (
        select s.* from ${table} s where s.seller_id = $1::text and s.product_id = $5::bigint),
      had as materialized (
        select p.id, p.category from ${products} p
        where p.seller_id = $1::text and p.id = $5::bigint and p.version = $6::integer and ${alive("p")} for no key update),
      made as (
        update ${products} p set
          category = $7::text,
          version = p.version + case when had.category is distinct from $7::text then 1 else 0 end,
          updated_at = case when had.category is distinct from $7::text then $3::timestamptz else p.updated_at end
        from had where p.seller_id = $1::text and p.id = had.id
        returning p.id, ${productJson("p")} as body, ${revision("p")} as revision),
      decided as (
        insert into ${table} as s (seller_id, product_id, state, suggestions, model, based_on, product_version, chosen, created_at, settled_at)
        select $1::text, had.id, $8::text, '[]', 'none', 0, $6::integer, $7::text, $3::timestamptz, $3::timestamptz
        from had where $7::text is null or exists (select from before)
        on conflict (seller_id, product_id) do update set state = excluded.state, chosen = excluded.chosen, settled_at = excluded.settled_at
        where s.state <> excluded.state or s.chosen is distinct from excluded.chosen
        returning s.product_id),
      facts as (
        select row_number() over (order by step) as ord, product_id, type, payload from (
          select 1 as step, made.id as product_id, 'product.updated' as type,
            ${object({ product: "made.body", changed: `'["category"]'` })} as payload
          from made join had using (id) where had.category is distinct from $7::text
          union all
          select 2, decided.product_id, 'category.settled', ${object({
            state: quoted("$8::text"),
            category: text("$7::text"),
            suggested: text("before.category"),
            confidence: bare("before.confidence"),
            applied: bare("before.state = 'applied'"),
          })}
          from decided, before where before.category is not null) f)`,
    outcome: "select body, revision from made",
  };
}
