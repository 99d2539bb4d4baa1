-- When a platform will be out of service because its owner works on it. Rows are added; a window that moves is another one.
create table maintenance_window (
  id uuid primary key,
  platform text not null,
  -- Who maintains: the owner of the platform.
  organization text not null,
  -- Id in the platform's file; null: announced by command.
  file_id text,
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  reason text not null,
  -- When the running system first knew of it: a file can be backdated, this can't.
  announced_at timestamptz not null,
  announced_by text not null,
  -- Before its beginning only: what has happened is not taken back.
  withdrawn_at timestamptz check (withdrawn_at < starts_at)
);
-- Declared again and again with each reading of the files, written once.
create unique index maintenance_window_declared on maintenance_window (platform, file_id, starts_at, ends_at)
  where file_id is not null and withdrawn_at is null;
create index maintenance_window_time on maintenance_window (ends_at);
