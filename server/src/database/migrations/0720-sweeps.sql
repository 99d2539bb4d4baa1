-- What a sweep has listed, and what of it neither webhook nor poll had brought.
create table sweep (
  run_id uuid primary key,
  instance_id uuid not null references instance (id) on delete cascade,
  flow text not null,
  since timestamptz not null,
  swept_at timestamptz not null default now(),
  listed integer not null check (listed >= 0),
  missed integer not null check (missed >= 0 and missed <= listed),
  -- The first of the missed, as {platform, event, id, occurredAt}.
  examples jsonb not null default '[]'
);
create index sweep_instance on sweep (instance_id, flow, swept_at desc);
create index sweep_swept_at on sweep (swept_at desc);
