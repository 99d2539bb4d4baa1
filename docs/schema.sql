-- Printed from the migrated database by `npm run docs`. Do not edit.

create table connection (
  id uuid not null,
  platform text not null,
  organization text not null,
  customer text not null,
  name text not null,
  base_url text,
  authentication jsonb not null,
  secrets jsonb not null default '{}'::jsonb,
  secret_key_id text,
  secret_version integer not null default 1,
  state text not null default 'healthy'::text,
  state_reason text,
  paused_until timestamp with time zone,
  pause_reason text,
  created_at timestamp with time zone not null default now(),
  changed_at timestamp with time zone not null default clock_timestamp(),
  constraint connection_platform_organization_customer_name_key UNIQUE (platform, organization, customer, name),
  constraint connection_pkey PRIMARY KEY (id),
  constraint connection_check CHECK (((secrets = '{}'::jsonb) = (secret_key_id IS NULL))),
  constraint connection_check1 CHECK (((paused_until IS NULL) = (pause_reason IS NULL))),
  constraint connection_secret_version_check CHECK ((secret_version > 0)),
  constraint connection_state_check CHECK ((state = ANY (ARRAY['healthy'::text, 'degraded'::text, 'needs-reauth'::text])))
);
create INDEX connection_changed ON public.connection USING btree (changed_at);
create INDEX connection_secret_key ON public.connection USING btree (secret_key_id) WHERE (secret_key_id IS NOT NULL);

create table migration (
  name text not null,
  digest text not null,
  applied_at timestamp with time zone not null default now(),
  constraint migration_pkey PRIMARY KEY (name)
);

create table probe (
  id integer not null,
  at timestamp with time zone not null default now(),
  constraint probe_pkey PRIMARY KEY (id)
);

create table webhook_secret (
  id uuid not null,
  source text not null,
  sealed text not null,
  secret_key_id text not null,
  expires_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  changed_at timestamp with time zone not null default clock_timestamp(),
  constraint webhook_secret_pkey PRIMARY KEY (id)
);
create INDEX webhook_secret_changed ON public.webhook_secret USING btree (changed_at);
create INDEX webhook_secret_secret_key ON public.webhook_secret USING btree (secret_key_id);
create INDEX webhook_secret_source ON public.webhook_secret USING btree (source);

CREATE OR REPLACE FUNCTION public.stamp_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.changed_at := clock_timestamp();
  return new;
end $function$;
