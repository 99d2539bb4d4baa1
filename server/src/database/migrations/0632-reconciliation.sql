-- What a side's own records say about some days, held against ours. The newest of a platform, kind and day counts.
create table reconciliation (
  id uuid primary key,
  integration text not null,
  -- The side that handed its records in: the owner of the platform.
  organization text not null,
  platform text not null,
  -- calls: what the platform was asked. webhooks: what it sent.
  kind text not null check (kind in ('calls', 'webhooks')),
  from_day date not null,
  until_day date not null check (until_day >= from_day),
  handed_in_at timestamptz not null,
  handed_in_by text not null,
  theirs bigint not null,
  ours bigint not null,
  agreed bigint not null,
  differing bigint not null,
  -- Calls without an answer: whether they arrived can't be seen from here.
  uncertain bigint not null
);
create index reconciliation_newest on reconciliation (integration, handed_in_at desc);

-- The first thousand that differ. Shown to the side that handed its records in, and to nobody else.
create table reconciliation_difference (
  reconciliation_id uuid not null references reconciliation on delete cascade,
  number integer not null,
  day date not null,
  operation text not null,
  status integer,
  -- What both sides know an item by; null: counts differ.
  key text,
  theirs bigint not null,
  ours bigint not null,
  says text not null,
  primary key (reconciliation_id, number)
);

-- From where the event came, so that its lag is told of a side.
alter table run_outcome add column delivery_id uuid;

-- Mismatches are events of correctness.
alter table service_level_day
  drop constraint service_level_day_measure_check,
  add constraint service_level_day_measure_check check (measure in ('run', 'call', 'handling', 'lag', 'call-time', 'record'));
