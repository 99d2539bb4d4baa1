-- What became of runs, waiting to be counted. A row is written in the transaction that ends or parks the run and deleted in the one that
-- counts it: nothing is counted twice or lost, and the table stays as small as what happened since the last turn.
create table run_outcome (
  id bigint generated always as identity primary key,
  run_id uuid not null,
  instance_id uuid not null,
  integration text not null,
  flow text not null,
  -- parked stands for blocked, too
  outcome text not null check (outcome in ('succeeded', 'skipped', 'parked')),
  failure_kind text,
  platform text,
  status integer,
  -- It was parked before, and counted then.
  counted_before boolean not null,
  received_at timestamptz not null,
  occurred_at timestamptz,
  ended_at timestamptz not null default now()
);

-- Once a run has been parked it has failed its customer, whatever becomes of it later.
alter table run add column was_parked boolean not null default false;

-- Facts, not judgements: whose fault a reason is gets decided when somebody asks. One row per day, instance and kind of outcome,
-- whatever the traffic.
create table service_level_day (
  integration text not null,
  day date not null,
  instance_id uuid not null,
  flow text not null,
  measure text not null check (measure in ('run', 'call', 'handling', 'lag', 'call-time')),
  -- Whose platform was called or named in the failure; empty for none.
  platform text not null,
  -- A reason, or for measures of time the upper bound in milliseconds.
  mark text not null,
  events bigint not null check (events > 0),
  -- The newest run or call with a reason that is no success.
  example_id uuid,
  primary key (integration, day, instance_id, flow, measure, platform, mark)
);
create index service_level_day_day on service_level_day using brin (day);

-- The same in slots of five minutes without instances, for the last two weeks: how fast the error budget burns.
create table service_level_slot (
  integration text not null,
  slot timestamptz not null,
  flow text not null,
  measure text not null check (measure in ('run', 'call')),
  platform text not null,
  mark text not null,
  events bigint not null check (events > 0),
  primary key (integration, slot, flow, measure, platform, mark)
);
create index service_level_slot_slot on service_level_slot (slot);

-- How far calls have been counted, and when somebody last counted. One row; its lock makes one process at a time do the work.
create table service_level_cursor (
  id boolean primary key default true check (id),
  calls_until timestamptz not null,
  counted_at timestamptz not null
);
