-- One customer's access to one platform. The secrets are sealed (see server/src/connections/envelope.ts).
create table connection (
  id uuid primary key,
  platform text not null,
  organization text not null,
  customer text not null,
  name text not null,
  base_url text,
  authentication jsonb not null,
  -- field → sealed text; opened only with the connection's id and the field's name as authenticated context
  secrets jsonb not null default '{}',
  -- the key that sealed them, so that a rotation finds what is left; null when there are none
  secret_key_id text,
  secret_version integer not null default 1 check (secret_version > 0),
  state text not null default 'healthy' check (state in ('healthy', 'degraded', 'needs-reauth')),
  state_reason text,
  paused_until timestamptz,
  pause_reason text,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default clock_timestamp(),
  unique (platform, organization, customer, name),
  check ((secrets = '{}'::jsonb) = (secret_key_id is null)),
  check ((paused_until is null) = (pause_reason is null))
);
-- Every process reads what changed lately, twice a second.
create index connection_changed on connection (changed_at);
create index connection_secret_key on connection (secret_key_id) where secret_key_id is not null;

-- The secrets with which one webhook source signs. During a rotation several are in force.
create table webhook_secret (
  id uuid primary key,
  source text not null,
  sealed text not null,
  secret_key_id text not null,
  -- end of the overlap after a rotation; null: in force
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default clock_timestamp()
);
create index webhook_secret_source on webhook_secret (source);
create index webhook_secret_changed on webhook_secret (changed_at);
create index webhook_secret_secret_key on webhook_secret (secret_key_id);

-- A change that does not move changed_at would stay unseen by the other processes; so no statement has to remember it.
create function stamp_change() returns trigger language plpgsql as $$
begin
  new.changed_at := clock_timestamp();
  return new;
end $$;
create trigger connection_stamp before update on connection for each row execute function stamp_change();
create trigger webhook_secret_stamp before update on webhook_secret for each row execute function stamp_change();
