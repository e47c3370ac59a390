-- What a seller has decided for all products; what is not in it is as it is when nothing was set.
create table seller_settings (
  seller_id text collate "C" not null primary key,
  settings jsonb not null
);
