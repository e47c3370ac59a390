-- The tables that a team would make for this by hand: serial ids, one row for each fact, indexes for its queries.

create table api_keys (
  id bigserial primary key,
  seller_id text not null,
  hash text not null unique,
  scopes text[] not null,
  expires_at timestamptz,
  revoked_at timestamptz
);

create table products (
  id bigserial primary key,
  seller_id text not null,
  sku text,
  name text not null,
  description text not null default '',
  price numeric(12, 2) not null default 0,
  currency text not null default 'USD',
  quantity integer not null default 0 check (quantity >= 0),
  category text,
  attributes jsonb not null default '{}',
  image_url text,
  reorder_point integer,
  lead_time_days integer,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);
create unique index on products (seller_id, sku) where deleted_at is null;
create index on products (seller_id, id);

create table stock_movements (
  id bigserial primary key,
  seller_id text not null,
  product_id bigint not null references products (id),
  delta integer not null,
  quantity integer not null,
  reason text not null,
  actor text,
  cause text,
  created_at timestamptz not null default now()
);
create index on stock_movements (product_id, id);

create table sales_history (
  id bigserial primary key,
  seller_id text not null,
  product_id bigint not null references products (id),
  order_id text,
  quantity integer not null,
  price numeric(12, 2) not null,
  sold_at timestamptz not null,
  created_at timestamptz not null default now()
);
create index on sales_history (seller_id, sold_at);
create index on sales_history (product_id, sold_at);
create index on sales_history (order_id);

create table events (
  id bigserial primary key,
  seller_id text not null,
  type text not null,
  product_id bigint,
  payload jsonb not null,
  created_at timestamptz not null default now()
);
create index on events (seller_id, id);

create table idempotency_keys (
  seller_id text not null,
  key text not null,
  hash text not null,
  status integer not null,
  response jsonb not null,
  created_at timestamptz not null default now(),
  primary key (seller_id, key)
);
