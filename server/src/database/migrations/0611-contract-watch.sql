-- Since when somebody has looked at a platform's own contract without a break. That nothing was found says something only where somebody looked.
create table contract_watch (
  platform text primary key,
  since timestamptz not null,
  last_at timestamptz not null,
  check (since <= last_at)
);
