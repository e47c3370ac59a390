-- Every table carries seller_id, and every key, index and foreign key has it first: a forgotten filter finds nothing of
-- another seller's. Times are kept to the millisecond, as they are told.

create table products (
  seller_id text collate "C" not null,
  id bigint generated always as identity,
  sku text collate "C",
  name text not null,
  description text not null,
  price numeric not null,
  currency text not null,
  -- decimals of the currency, so that a sale's price can be checked where the product is locked
  decimals smallint not null,
  quantity bigint not null check (quantity between 0 and 9007199254740991),
  category text collate "C",
  attributes jsonb not null,
  image_url text,
  reorder_point bigint,
  lead_time_days integer,
  version integer not null default 1,
  stock_revision bigint not null default 1,
  -- the folded name and SKU, made by the domain, so that search and order do not depend on a locale
  search text collate "C" not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  deleted_at timestamptz(3),
  primary key (seller_id, id)
) with (fillfactor = 90);
create unique index products_sku on products (seller_id, sku) where deleted_at is null;
create index products_search on products (seller_id, search, id) where deleted_at is null;

-- Movements and sales have no foreign key to their product: the statements that write them hold its row, products are
-- never taken away, and two look-ups for each line took a third of a sale's time.

create table stock_movements (
  seller_id text collate "C" not null,
  product_id bigint not null,
  id bigint generated always as identity,
  delta bigint not null,
  -- after this movement
  quantity bigint not null,
  reason text not null,
  actor text,
  cause text,
  created_at timestamptz(3) not null,
  primary key (seller_id, product_id, id)
);

create table sales_history (
  seller_id text collate "C" not null,
  id bigint generated always as identity,
  product_id bigint not null,
  order_id text collate "C",
  quantity bigint not null,
  price numeric not null,
  sold_at timestamptz(3) not null,
  created_at timestamptz(3) not null,
  -- the import that brought this row, if one did
  import_id uuid,
  primary key (seller_id, id)
);
create index sales_history_time on sales_history (seller_id, sold_at, id);
create index sales_history_product on sales_history (seller_id, product_id, sold_at, id);
create index sales_history_order on sales_history (seller_id, order_id, product_id) where order_id is not null;

-- One dense counter for each seller; its row is the last thing a writing transaction takes.
create table event_streams (
  seller_id text collate "C" primary key,
  epoch text not null,
  seq bigint not null
) with (fillfactor = 50);

create table events (
  seller_id text collate "C" not null,
  seq bigint not null,
  id bigint generated always as identity,
  type text collate "C" not null,
  product_id bigint,
  -- json, not jsonb: it is only ever handed on, and json gives back what was put in
  payload json not null,
  actor text,
  created_at timestamptz(3) not null,
  primary key (seller_id, seq)
);

create table idempotency_keys (
  seller_id text collate "C" not null,
  key text collate "C" not null,
  hash text not null,
  -- the answer; null while work of many transactions has the key, until leased_until
  body text,
  epoch text,
  seq bigint,
  revision text,
  leased_until timestamptz(3),
  created_at timestamptz(3) not null,
  primary key (seller_id, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);

create table api_keys (
  -- null: an admin key, which belongs to no seller
  seller_id text collate "C",
  id bigint generated always as identity primary key,
  name text not null,
  prefix text not null,
  -- SHA-256 of the whole key; the key itself is nowhere
  hash text collate "C" not null unique,
  scopes text[] not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  last_used_at timestamptz(3)
);
create index api_keys_seller on api_keys (seller_id, id);
