-- The request that caused an event.
alter table events add column request_id text;
