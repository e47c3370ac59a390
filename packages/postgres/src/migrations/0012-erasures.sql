-- Sellers that are being erased or were: all that is left of them.
create table erasures (
  seller_id text collate "C" not null primary key,
  state text collate "C" not null check (state in ('erasing', 'erased')),
  requested_at timestamptz(3) not null,
  requested_by text,
  finished_at timestamptz(3),
  rows_erased bigint not null default 0
);

-- While a seller is erased its counter stays at 0: whatever would append to its log fails as a whole.
alter table event_streams
  add column erasing boolean not null default false,
  add constraint event_streams_erasing check (not erasing or seq = 0);

-- Who has put which file into the store for files, so that it is known what to take away, and what another has too.
create table file_claims (
  seller_id text collate "C" not null,
  id bigint generated always as identity,
  key text collate "C" not null,
  primary key (seller_id, key)
);
-- Without the seller first: it is asked who else has a file.
create index file_claims_key on file_claims (key);
insert into file_claims (seller_id, key)
select distinct seller_id, regexp_replace(image_url, '^.*/', '') from products where image_url is not null;
