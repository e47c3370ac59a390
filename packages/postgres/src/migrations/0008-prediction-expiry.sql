-- Up to which prediction all of a seller's have expired, whenever they would have: one row is written, where a catalogue of
-- 100,000 products had its 200,000 predictions written anew, for seconds in which somebody waited.
create table prediction_expiries (
  seller_id text collate "C" not null primary key,
  up_to bigint not null
);
