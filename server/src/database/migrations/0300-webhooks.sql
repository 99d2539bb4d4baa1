-- What arrived, byte for byte. Rows are never changed; what was understood of them stands in delivery_route.
create table delivery (
  -- UUID v7 in order of arrival within one ingress process.
  id uuid primary key,
  source text not null,
  -- Key of the instance's own address; null: it came to the platform's common address.
  instance_key text,
  -- The sender's own id, or "sha256:" and the digest of the content where it gave none.
  sender_id text not null,
  -- What proved who sent it, and which secret matched. none: nothing did. polled: this program fetched it itself.
  assurance text not null check (assurance in ('signature', 'shared-secret', 'proxy', 'none', 'polled')),
  secret_id text,
  content_type text,
  -- Name in lower case → list of values in order. Credentials are redacted before they get here.
  headers jsonb not null,
  -- Redacted as the headers; without the question mark.
  query text,
  -- Not jsonb: that would reorder keys, drop repeated ones and break signatures.
  body bytea not null,
  received_at timestamptz not null
) partition by range (id);

-- A quarter of the time that pglz takes; a server built without lz4 keeps pglz.
do $$ begin
  alter table delivery alter column body set compression lz4;
exception when feature_not_supported then
  null;
end $$;

-- What became of a delivery. No row: its routing is still to come (a queued job carries its id).
create table delivery_route (
  delivery_id uuid primary key,
  -- routed: has runs. ignored: nobody listens to this event. account-unknown, unparsable: kept until somebody helps or retention
  -- ends. held: its instance is paused, or the flow's code failed on it; routed again when that is over.
  state text not null check (state in ('routed', 'ignored', 'account-unknown', 'unparsable', 'held')),
  event text,
  account text,
  -- The sender's clock; received_at of the delivery is ours.
  occurred_at timestamptz,
  problem text,
  routed_at timestamptz not null default now()
) partition by range (delivery_id);
create index delivery_route_open on delivery_route (state, delivery_id) where state in ('account-unknown', 'unparsable', 'held');

-- Which sender's ids are known. Its primary key is what makes a repeat a repeat, also between processes.
create table delivery_key (
  source text not null,
  -- '' for the common address: one sender may send the same event to several addresses, and each wants it.
  instance_key text not null,
  sender_id text not null,
  delivery_id uuid not null,
  body_sha256 bytea not null,
  received_at timestamptz not null,
  -- After this moment the same id is a new delivery; infinity for ids that the sender gave.
  repeats_until timestamptz not null,
  primary key (source, instance_key, sender_id)
);
-- For pruning only. Ids grow as rows are appended, so ranges of pages do and inserting costs next to nothing.
create index delivery_key_delivery on delivery_key using brin (delivery_id);

-- A bounded sample of what was refused, for the engineer at the sender. Bodies are not kept: nobody vouches for them.
create table refused_delivery (
  id uuid primary key,
  source text not null,
  instance_key text,
  reason text not null,
  detail text not null,
  remote_address text,
  content_type text,
  headers jsonb not null,
  body_bytes integer not null,
  body_sha256 bytea not null,
  refused_at timestamptz not null
);
create index refused_delivery_source on refused_delivery (source, id);

-- Takes what has no partition of its own, so that an accepted delivery always has a place.
create table delivery_default partition of delivery default;
create table delivery_route_default partition of delivery_route default;
