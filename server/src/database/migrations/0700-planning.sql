-- Hours that people really worked on bridges. Rows are added, never changed: a mistake is corrected by a row of negative hours.
create table work_hours (
  id uuid primary key,
  -- Who worked. Cost is this organization's own business: nobody else's key sees its rows.
  organization text not null,
  plan text,
  integration text,
  activity text not null check (activity in ('build', 'maintenance', 'operation', 'support', 'selling', 'incident', 'question')),
  sourcing text not null check (sourcing in ('internal', 'outsourced')),
  hours numeric(8, 2) not null check (hours <> 0 and abs(hours) <= 1000),
  worked_on date not null,
  -- The contract change or the incident that caused the work, where one did.
  change text,
  incident text,
  person text,
  note text,
  -- Digest of an imported line and its place among equal lines, so that importing a file twice adds nothing.
  import_key text unique check (import_key ~ '^[0-9a-f]{64}$'),
  recorded_by text not null,
  recorded_at timestamptz not null default now(),
  check (num_nonnulls(plan, integration) >= 1)
);
create index work_hours_integration on work_hours (integration, worked_on);
create index work_hours_plan on work_hours (plan, worked_on);
