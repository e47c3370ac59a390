-- With the quantity in it, the units of a product's days are read from the index alone, where its sales lie side by side;
-- in the table they are strewn among those of all others.
drop index sales_history_product;
create index sales_history_product on sales_history (seller_id, product_id, sold_at, id) include (quantity);

-- Where a time without stock begins, so that nobody looks for it in the whole ledger.
create index stock_movements_empty on stock_movements (seller_id, product_id, created_at, id) where quantity = 0;

-- How many events of a product came after a prediction.
create index events_product on events (seller_id, product_id, seq) where product_id is not null;

create table ai_predictions (
  seller_id text collate "C" not null,
  id bigint generated always as identity,
  product_id bigint not null,
  type text collate "C" not null,
  data json not null,
  confidence double precision not null check (confidence between 0 and 1),
  model text not null,
  -- everything up to this seq is in it
  based_on bigint not null,
  -- whether it holds now; of the others, the last one of each week waits for its score
  current boolean not null default true,
  run_out_on date,
  -- the last day that it speaks of
  due_on date not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  -- null with a time beside it: it can not be scored
  score json,
  scored_at timestamptz(3),
  primary key (seller_id, id)
);
create unique index ai_predictions_current on ai_predictions (seller_id, product_id, type) where current;
create index ai_predictions_product on ai_predictions (seller_id, product_id, type, id);
create index ai_predictions_run_out on ai_predictions (seller_id, run_out_on, product_id) where current and type = 'stockout' and run_out_on is not null;
create index ai_predictions_scored on ai_predictions (seller_id, scored_at, id) where score is not null;
-- Without the seller first: whoever scores what is due looks at all of them.
create index ai_predictions_due on ai_predictions (due_on, seller_id, id) where scored_at is null;

create table ai_recommendations (
  seller_id text collate "C" not null,
  product_id bigint not null,
  kind text collate "C" not null,
  data json not null,
  model text not null,
  based_on bigint not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  primary key (seller_id, product_id, kind)
);

-- What engines have learned from a seller.
create table engine_states (
  seller_id text collate "C" not null,
  name text collate "C" not null,
  state text not null,
  based_on bigint not null,
  -- never given twice, so that a state made anew is not taken for one that was forgotten
  version bigint generated always as identity,
  updated_at timestamptz(3) not null,
  primary key (seller_id, name)
);
