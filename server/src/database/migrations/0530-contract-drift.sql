-- How much of what a platform really sends was held against its contract, per instance: without it, no deviation would mean nothing.
create table contract_drift_coverage (
  platform text not null,
  surface text not null check (surface in ('operation', 'webhook')),
  method text not null,
  -- Templated path, or the webhook's name.
  path text not null,
  -- HTTP status; empty for webhooks.
  status text not null,
  -- Null for a call that belongs to no run, such as a person's test.
  instance_id uuid,
  -- The version that was checked against last: hash of its text, or what identifies its file.
  contract text not null,
  -- Whether that version has this operation or webhook.
  described boolean not null,
  received bigint not null check (received >= 0),
  checked bigint not null check (checked >= checked_now),
  -- Against that version alone.
  checked_now bigint not null check (checked_now >= 0),
  first_at timestamptz not null,
  last_at timestamptz not null,
  unique nulls not distinct (platform, surface, method, path, status, instance_id)
);

-- One way in which what a platform sends differs from its contract, however often and for how many it does. Shapes, never values.
create table contract_drift_finding (
  id uuid primary key,
  platform text not null,
  -- Digest of where and what; see identityOfDeviation.
  identity text not null,
  kind text not null check (kind in ('violation', 'undeclared-status', 'undeclared-media-type', 'undeclared-property')),
  surface text not null check (surface in ('operation', 'webhook')),
  method text not null,
  path text not null,
  status text not null,
  media_type text not null,
  field text not null,
  keyword text not null,
  detail text not null,
  expected jsonb not null,
  example jsonb not null,
  contract text not null,
  state text not null default 'open' check (state in ('open', 'closed')),
  closed_at timestamptz,
  closed_reason text check (closed_reason in ('no-longer-seen', 'contract-agrees', 'no-longer-described')),
  reopened integer not null default 0,
  seen bigint not null check (seen > 0),
  -- Messages of this place checked when it was last seen; what was checked since was without it.
  checked_when_seen bigint not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  unique (platform, identity),
  check ((state = 'closed') = (closed_at is not null)),
  check ((state = 'closed') = (closed_reason is not null))
);

create table contract_drift_instance (
  finding_id uuid not null references contract_drift_finding on delete cascade,
  instance_id uuid,
  seen bigint not null check (seen > 0),
  first_at timestamptz not null,
  last_at timestamptz not null,
  unique nulls not distinct (finding_id, instance_id)
);
