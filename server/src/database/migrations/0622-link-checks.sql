-- What was found behind the links of the integrations' files, and when somebody looks again. One row per address, whoever links it.
create table link_check (
  url text primary key,
  -- private: it is there, and asks to sign in. unknown: nobody could tell.
  state text not null default 'unknown' check (state in ('reachable', 'private', 'broken', 'unknown')),
  -- Of the last answer; null: there was none.
  status integer,
  detail text,
  -- null: not yet.
  checked_at timestamptz,
  last_reachable_at timestamptz,
  -- Looks in a row that found nothing.
  misses integer not null default 0,
  next_at timestamptz not null default now(),
  leased_until timestamptz
);
