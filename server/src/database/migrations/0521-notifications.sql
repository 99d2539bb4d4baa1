-- What organizations are told. Written in the transaction of what it tells about, so a crash loses none; the key says what it is about, so
-- nothing is told twice.
create table notification (
  -- Travels with every copy of it: whoever receives it twice knows by this.
  id uuid primary key,
  organization text not null,
  kind text not null,
  key text not null,
  title text not null,
  data jsonb not null default '{}',
  told_at timestamptz not null,
  unique (organization, key)
);
create index notification_newest on notification (organization, id desc);
