-- Who was called on purpose, and whether a human answered. Rows are added, never changed.
create table drill (
  id uuid primary key,
  integration text not null,
  kind text not null check (kind in ('contact', 'on-call', 'alert')),
  -- Organization that was called.
  side text not null,
  held_at timestamptz not null,
  -- Both null: no human answered. An automatic reply is no answer.
  answered_by text,
  answered_after_ms bigint check (answered_after_ms >= 0),
  evidence text,
  note text,
  recorded_by text not null check (recorded_by like '%/%'),
  recorded_at timestamptz not null,
  check ((answered_by is null) = (answered_after_ms is null)),
  -- nobody confirms their own answer
  check (answered_by is distinct from recorded_by)
);
create index drill_integration on drill (integration, held_at desc);
create trigger drill_kept before update or delete on drill for each row execute function keep_for_ever();

-- The newest word of each canary: one row per scenario, however often it reports.
create table canary (
  integration text not null,
  scenario text not null,
  last_at timestamptz not null,
  outcome text not null check (outcome in ('succeeded', 'failed')),
  last_succeeded_at timestamptz,
  detail text,
  reported_by text not null,
  primary key (integration, scenario),
  check (outcome = 'failed' or last_succeeded_at = last_at)
);
