-- Which lists were written last: of two, the one with the greater version.
alter table ai_recommendations add column version bigint generated always as identity;

-- Up to which version all of a seller's lists of a kind have expired, whenever they would have: one row is written for them.
create table recommendation_expiries (
  seller_id text collate "C" not null,
  kind text collate "C" not null,
  up_to bigint not null,
  primary key (seller_id, kind)
);
