import type { Queryable } from "./queryable.ts";

/**
 * Row-level security, the wall behind the one in our statements: PostgreSQL itself shows a statement the rows of the seller
 * it is run for, and nobody's rows where none is said.
 */
export interface RowSecurity {
  /** Says on a connection for whom its next statements are, unless they are for the same as those before. */
  enter(client: Queryable, whose: string): Promise<void>;
  /** What was said in a transaction, or since a savepoint, is undone with it. */
  forget(client: Queryable): void;
  /** Saying it in a transaction of the host's: its connection is as it was when that ends. */
  joined: { enter(client: Queryable, whose: string): Promise<void>; forget(client: Queryable): void };
}

/** No seller's name has a space in it. */
export const everySeller = "every seller";

/** The tables of a schema that hold sellers' rows, and whether each is secured. */
export const tablesQuery = `
  select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as secured
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relkind = 'r'
    and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'seller_id' and not a.attisdropped)
  order by c.relname`;

/** A role that row-level security does not hold needs another one that it holds. */
const bypassesQuery =
  "select rolsuper or rolbypassrls as bypasses from pg_roles where rolname = session_user";

/** The setting that says for whom a statement is. */
const setting = (schema: string) => `${schema}.seller`;
/** One for all schemas: it may nothing of its own, and what it may in a schema goes with that. */
const role = "amused_rows";

/** Whether the role may use all tables: those secured by one who needs no other role do not know it. */
const mayUseQuery = `
  select bool_and(has_table_privilege(r.oid, c.oid, 'select, insert, update, delete')) as may
  from pg_class c join pg_namespace n on n.oid = c.relnamespace, pg_roles r
  where n.nspname = $1 and c.relkind = 'r' and r.rolname = '${role}'`;

/** The tables, and whether they are to be secured: where nothing is wanted, they are where some are. */
async function tablesOf(client: Queryable, schema: string, wanted: boolean | undefined) {
  const { rows } = await client.query({ text: tablesQuery, values: [schema] });
  return { tables: rows, secure: wanted ?? rows.some(({ secured }) => secured === true) };
}

async function bypasses(client: Queryable): Promise<boolean> {
  return (await client.query({ text: bypassesQuery })).rows[0]?.bypasses === true;
}

/** Whether `secureTables` would change nothing. */
export async function isAsWanted(
  client: Queryable,
  schema: string,
  wanted: boolean | undefined,
): Promise<boolean> {
  const { tables, secure } = await tablesOf(client, schema, wanted);
  if (tables.some(({ secured }) => secured !== secure)) return false;
  if (!secure || !(await bypasses(client))) return true;
  const { rows } = await client.query({ text: mayUseQuery, values: [schema] });
  return rows[0]?.may === true;
}

/**
 * Secures the tables of a schema, or with `false` takes that away; `undefined` leaves them as they are, but for tables that
 * are new beside secured ones. Runs within the transaction of the migrations.
 */
export async function secureTables(
  client: Queryable,
  schema: string,
  wanted: boolean | undefined,
): Promise<void> {
  const { tables, secure } = await tablesOf(client, schema, wanted);
  for (const { name, secured } of tables) {
    if (secured === secure) continue;
    const table = `${schema}.${name}`;
    await client.query({
      text: secure
        ? // The scalar queries are evaluated once for a statement, not for each row.
          `alter table ${table} enable row level security;
           alter table ${table} force row level security;
           drop policy if exists sellers on ${table};
           create policy sellers on ${table} using (
             seller_id = (select current_setting('${setting(schema)}', true))
             or (select current_setting('${setting(schema)}', true)) = '${everySeller}')`
        : `alter table ${table} no force row level security; alter table ${table} disable row level security`,
    });
  }
  if (!secure || !(await bypasses(client))) return;
  await client.query({
    text: `
      do $$ begin
        if not exists (select from pg_roles where rolname = '${role}') then
          create role ${role} nologin;
        end if;
      exception when duplicate_object or unique_violation then null;
      end $$;
      do $$ begin
        if not pg_has_role(session_user, '${role}', 'member') then
          grant ${role} to session_user;
        end if;
      end $$;
      grant usage on schema ${schema} to ${role};
      grant select, insert, update, delete on all tables in schema ${schema} to ${role};
      grant usage on all sequences in schema ${schema} to ${role}`,
  });
}

/** Has what follows in this transaction see the rows of all sellers: a migration may fill what it makes from what is there. */
export async function seeAll(client: Queryable, schema: string): Promise<void> {
  const values = [setting(schema), everySeller];
  await client.query({ text: "select set_config($1::text, $2::text, true)", values });
}

/** Says for whom statements are, where the tables of a schema are secured. */
export function rowSecurity(schema: string, wanted: boolean | undefined): RowSecurity {
  const said = new WeakMap<Queryable, string>();
  /** What to say beside the seller: the role, where there must be another; `null` where nothing is to be said. */
  let mode: { role: string | null } | null | undefined = wanted === false ? null : undefined;

  async function find(client: Queryable): Promise<typeof mode> {
    const { tables, secure } = await tablesOf(client, schema, undefined);
    // Tables that are not there yet may be made secured ones; those that are, will be where that is wanted.
    if (tables.length === 0 || (wanted === true && !secure)) return undefined;
    mode = secure ? { role: (await bypasses(client)) ? role : null } : null;
    return mode;
  }

  /** `false` where there is nothing to be said, now or ever. */
  async function say(client: Queryable, whose: string, local: boolean): Promise<boolean> {
    const how = mode === undefined ? await find(client) : mode;
    if (!how) return false;
    await client.query({
      name: "amused_seller",
      text: "select set_config($2::text, $3::text, $4::boolean), set_config('role', coalesce($1::text, current_setting('role')), $4::boolean)",
      values: [how.role, setting(schema), whose, local],
    });
    return true;
  }

  return {
    async enter(client, whose) {
      if (mode === null || (mode !== undefined && said.get(client) === whose)) return;
      if (await say(client, whose, false)) said.set(client, whose);
    },
    forget: (client) => said.delete(client),
    joined: {
      async enter(client, whose) {
        await say(client, whose, true);
      },
      forget() {},
    },
  };
}
