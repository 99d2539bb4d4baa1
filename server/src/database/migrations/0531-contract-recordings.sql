-- What instances really sent and received, without values: proof of what a later version of a contract would refuse. The same shape is one row.
create table contract_recording (
  id uuid primary key,
  platform text not null,
  surface text not null check (surface in ('operation', 'webhook')),
  method text not null,
  -- Templated path, or the webhook's name.
  path text not null,
  -- Of the answer; empty for webhooks. Requests are kept only when they were accepted.
  status text not null,
  instance_id uuid not null,
  direction text not null check (direction in ('request', 'answer')),
  media_type text not null,
  digest text not null,
  -- See RecordedShape: types, classes of length, and values that the contract itself lists.
  shape jsonb not null,
  seen bigint not null check (seen > 0),
  first_at timestamptz not null,
  last_at timestamptz not null,
  unique (platform, surface, method, path, status, instance_id, direction, digest)
);
create index contract_recording_age on contract_recording (last_at);
