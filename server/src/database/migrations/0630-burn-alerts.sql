-- Times burn budgets, too, and what burns is told with an example.
alter table service_level_slot
  drop constraint service_level_slot_measure_check,
  add constraint service_level_slot_measure_check check (measure in ('run', 'call', 'handling', 'lag', 'call-time')),
  add column example_id uuid;

-- An error budget that burns too fast, or a canary that no longer gets through. One row from its start to its end.
create table service_level_alert (
  id uuid primary key,
  integration text not null,
  -- objective/… or canary/…
  subject text not null,
  severity text not null check (severity in ('page', 'ticket')),
  -- insufficient-data: it began, and there is too little to say whether it is over. That is not its end.
  state text not null check (state in ('firing', 'insufficient-data', 'ended')),
  started_at timestamptz not null,
  -- When it was last seen to burn.
  seen_at timestamptz not null,
  ended_at timestamptz,
  -- withdrawn: the objective or scenario is gone.
  ended_because text check (ended_because in ('recovered', 'no-data', 'withdrawn')),
  -- Tiers that fired, whose fault, runs and calls, what is left of the budget; as last seen.
  evidence jsonb not null,
  check ((state = 'ended') = (ended_at is not null) and (ended_at is null) = (ended_because is null))
);
-- However many processes look, it begins once.
create unique index service_level_alert_open on service_level_alert (integration, subject) where ended_at is null;
create index service_level_alert_newest on service_level_alert (integration, started_at desc);

-- The sides that were told of an alert, and how far each has come in answering.
create table service_level_alert_party (
  alert_id uuid not null references service_level_alert,
  organization text not null,
  -- Its people were called, because the fault lies with it or with nobody who could be told.
  called boolean not null,
  level integer not null default 0,
  -- When the next people are called; null: never.
  escalate_at timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by text check (acknowledged_by like '%/%'),
  note text,
  primary key (alert_id, organization),
  check ((acknowledged_at is null) = (acknowledged_by is null)),
  check (acknowledged_at is null or escalate_at is null)
);

-- The newest weekly self-test: a breach was played through the same statements and undone, and what came of it.
create table service_level_alert_test (
  integration text primary key,
  tested_at timestamptz not null,
  outcome text not null check (outcome in ('raised', 'not-raised', 'nobody-to-call')),
  detail text
);
