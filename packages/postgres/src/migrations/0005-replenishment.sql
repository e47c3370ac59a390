-- What a product has of its own; null is as its seller's settings have it.
alter table products
  add column service_level double precision,
  add column pack_size bigint,
  add column minimum_order bigint;

-- Goods on their way.
create table incoming_stock (
  seller_id text collate "C" not null,
  id bigint generated always as identity,
  product_id bigint not null,
  quantity bigint not null check (quantity > 0),
  -- how much of it has come
  received bigint not null default 0,
  expected_on date not null,
  reference text,
  state text collate "C" not null default 'open' check (state in ('open', 'received', 'cancelled')),
  -- where it stands in lists: what is open by its day, soonest first; behind it the rest, latest first
  place integer not null generated always as (
    case when state = 'open' then expected_on - date '2000-01-01' else 20000000 - (expected_on - date '2000-01-01') end) stored,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (seller_id, id)
);
create index incoming_stock_place on incoming_stock (seller_id, place, id);
create index incoming_stock_product on incoming_stock (seller_id, product_id, place, id);
create index incoming_stock_open on incoming_stock (seller_id, product_id, expected_on) where state = 'open';
