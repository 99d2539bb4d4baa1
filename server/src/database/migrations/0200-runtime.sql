-- What is installed for whom. The current revision says with which settings, mappings and connections.
create table instance (
  id uuid primary key,
  integration text not null,
  organization text not null,
  customer text not null,
  name text not null,
  -- Unguessable part of the instance's own webhook address.
  key text not null unique,
  state text not null default 'active' check (state in ('active', 'paused', 'removed')),
  paying boolean not null default false,
  revision integer not null check (revision > 0),
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  unique (integration, customer, name)
);

-- Immutable: a run pins the revision it was made with, and rolling back is pointing to an earlier one.
create table instance_revision (
  instance_id uuid not null references instance,
  revision integer not null,
  version text not null,
  settings jsonb not null,
  -- Mapping name → JSONata expression that replaces the default.
  mappings jsonb not null,
  -- Platform → connection id.
  connections jsonb not null,
  changed_by text not null,
  reason text,
  created_at timestamptz not null default now(),
  primary key (instance_id, revision)
);

-- Which external accounts (a GitHub installation, a shop) belong to an instance; deliveries without an instance key are routed by it.
create table instance_account (
  platform text not null,
  account text not null,
  instance_id uuid not null references instance,
  primary key (platform, account, instance_id)
);
create index instance_account_instance on instance_account (instance_id);

-- Unfinished runs only, so that this table stays small whatever the history is. A run that finishes moves to finished_run.
-- waiting: behind an earlier run of its lane. queued: has exactly one live job (also while running, retrying or sleeping).
-- parked: set aside with a reason. blocked: the same, but its lane waits behind it.
create table run (
  id uuid primary key,
  instance_id uuid not null,
  revision integer not null,
  integration text not null,
  version text not null,
  flow text not null,
  -- What its effects are keyed on: the delivery, or the first run of a scheduled tick. A replay keeps it.
  origin_id uuid not null,
  delivery_id uuid,
  lane text not null,
  state text not null check (state in ('waiting', 'queued', 'parked', 'blocked')),
  job_id uuid,
  -- Counts claims and fences: a worker whose lease was taken over can't write any more.
  attempt integer not null default 0,
  -- Counts failures that use up attempts.
  failures integer not null default 0,
  priority integer not null default 0,
  claimed_at timestamptz,
  claimed_by text,
  due_at timestamptz,
  wait_reason text,
  failure jsonb,
  fingerprint text,
  replay_of uuid,
  received_at timestamptz not null,
  occurred_at timestamptz,
  created_at timestamptz not null default now(),
  parked_at timestamptz,
  check ((state = 'queued') = (job_id is not null)),
  check ((state in ('parked', 'blocked')) = (parked_at is not null)),
  check (parked_at is null or failure is not null)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_analyze_threshold = 2000);
create index run_lane on run (lane, id) where state <> 'parked';
create index run_job on run (job_id) where job_id is not null;
create index run_parked on run (fingerprint, id) where state in ('parked', 'blocked');
create index run_instance on run (instance_id, id);
create index run_delivery on run (delivery_id);

create table finished_run (
  id uuid primary key,
  instance_id uuid not null,
  revision integer not null,
  integration text not null,
  version text not null,
  flow text not null,
  origin_id uuid not null,
  delivery_id uuid,
  lane text not null,
  -- skipped: dropped by the flow's poison policy. discarded: by a person.
  outcome text not null check (outcome in ('succeeded', 'skipped', 'discarded')),
  attempt integer not null,
  failures integer not null,
  failure jsonb,
  fingerprint text,
  replay_of uuid,
  discarded_by text,
  received_at timestamptz not null,
  occurred_at timestamptz,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz not null default now()
) partition by range (id);
create index finished_run_instance on finished_run (instance_id, id);
create index finished_run_delivery on finished_run (delivery_id);

-- What a run remembers: the result of a step, or when a sleep ends.
create table run_step (
  run_id uuid not null,
  name text not null,
  kind text not null check (kind in ('step', 'sleep')),
  -- json, not jsonb: kept as the partner sent it, null characters included, and cheaper to write.
  result json,
  wake_at timestamptz,
  duration_ms integer,
  recorded_at timestamptz not null default now(),
  primary key (run_id, name)
) partition by range (run_id);

-- The id is made from origin, flow, step, meter and position, with the origin's time in front: the same effect always has the same id,
-- in the same partition, so that counting twice is impossible and not merely checked.
create table meter_event (
  id uuid primary key,
  instance_id uuid not null,
  integration text not null,
  version text not null,
  flow text not null,
  run_id uuid not null,
  meter text not null,
  quantity bigint not null check (quantity > 0),
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  recorded_at timestamptz not null default now()
) partition by range (id);
create index meter_event_recorded on meter_event (instance_id, meter, recorded_at);

-- Where a poll stands. Moves only in the transaction that stores what it covers.
create table poll_cursor (
  instance_id uuid not null references instance,
  flow text not null,
  value jsonb,
  run_id uuid not null,
  moved_at timestamptz not null default now(),
  primary key (instance_id, flow)
);

create table flow_schedule (
  instance_id uuid not null references instance,
  flow text not null,
  rule text not null,
  next_at timestamptz not null,
  last_run_id uuid,
  primary key (instance_id, flow)
);
create index flow_schedule_due on flow_schedule (next_at);

-- Tables split by the time inside their ids. The default partition takes what has no partition of its own: nothing is ever refused.
create table finished_run_default partition of finished_run default;
create table run_step_default partition of run_step default;
create table meter_event_default partition of meter_event default;
