-- The pages that may use a key, by their origins; null: wherever a request comes from.
alter table api_keys add column origins text[];
-- The key that was made to take its place.
alter table api_keys add column replaced_by bigint;
-- A preflight carries no key: it is answered by whether any names its origin.
create index api_keys_origins on api_keys using gin (origins) where revoked_at is null;
