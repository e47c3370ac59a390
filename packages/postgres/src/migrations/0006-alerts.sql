-- What asks for somebody: causes that hold, and what became of them.
create table alerts (
  seller_id text collate "C" not null,
  id bigint generated always as identity,
  product_id bigint not null,
  kind text collate "C" not null,
  state text collate "C" not null,
  -- whether its cause was not seen to go: true of one that somebody resolved before that, too
  current boolean not null default true,
  evidence json not null,
  opened_at timestamptz(3) not null,
  acknowledged_at timestamptz(3),
  acknowledged_by text,
  snoozed_until timestamptz(3),
  told_at timestamptz(3),
  clear_since timestamptz(3),
  resolved_at timestamptz(3),
  resolved_by text,
  resolution text,
  version bigint not null default 1,
  updated_at timestamptz(3) not null,
  primary key (seller_id, id)
) with (fillfactor = 80);
-- Each cause is told once.
create unique index alerts_current on alerts (seller_id, product_id, kind) where current;
create index alerts_product on alerts (seller_id, product_id, id);
create index alerts_active on alerts (seller_id, id) where state in ('open', 'acknowledged', 'snoozed');
-- Whoever wakes what is due looks at all sellers.
create index alerts_snoozed on alerts (seller_id, product_id, snoozed_until) where snoozed_until is not null;
create index alerts_clear on alerts (seller_id, product_id, clear_since) where current and clear_since is not null;
