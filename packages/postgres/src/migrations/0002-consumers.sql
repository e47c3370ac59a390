-- Consumers of the log. One belongs to no seller: it serves them all, and what it has of each stands in its checkpoints.
create table consumers (
  name text collate "C" primary key,
  created_at timestamptz(3) not null
);

-- How far a consumer has come with a seller, and who works on it.
create table checkpoints (
  seller_id text collate "C" not null,
  consumer text collate "C" not null,
  -- everything up to here is dealt with
  epoch text not null,
  seq bigint not null,
  -- the lease; null when nobody has it
  token text,
  leased_until timestamptz(3),
  -- of the event after the checkpoint
  attempts integer not null default 0,
  error text,
  retry_at timestamptz(3),
  -- of the last replay: where it began, and the head of then
  replay_from bigint,
  replay_to bigint,
  updated_at timestamptz(3) not null,
  primary key (seller_id, consumer)
) with (fillfactor = 50);

-- What a consumer gave up on, or never saw.
create table dead_letters (
  seller_id text collate "C" not null,
  consumer text collate "C" not null,
  id bigint generated always as identity,
  reason text not null,
  -- cursors: what it is about lies between them
  after_cursor text not null,
  until_cursor text not null,
  -- the event as its readers get it; null where it is not about one
  event json,
  attempts integer not null,
  error text not null,
  created_at timestamptz(3) not null,
  failed_at timestamptz(3) not null,
  redrive_at timestamptz(3),
  primary key (seller_id, consumer, id)
);
create index dead_letters_redrive on dead_letters (seller_id, consumer, id) where redrive_at is not null;
