-- Which categories there are, and whether one of them still is.
create index products_category on products (seller_id, category) where category is not null and deleted_at is null;

-- What was suggested as the category of a product, the last time, and what became of it.
create table category_suggestions (
  seller_id text collate "C" not null,
  product_id bigint not null,
  state text not null check (state in ('applied', 'open', 'accepted', 'corrected', 'dismissed')),
  -- best first; none where somebody decided before anything was suggested
  suggestions json not null,
  -- the best one's
  category text collate "C",
  confidence double precision check (confidence between 0 and 1),
  model text not null,
  -- everything up to this seq is in it
  based_on bigint not null,
  product_version integer not null,
  -- what somebody decided; null too where there shall be none
  chosen text collate "C",
  created_at timestamptz(3) not null,
  settled_at timestamptz(3),
  primary key (seller_id, product_id)
);
create index category_suggestions_open on category_suggestions (seller_id, confidence, product_id) where state = 'open';
