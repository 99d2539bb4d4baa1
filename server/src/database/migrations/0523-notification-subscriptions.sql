-- Where an organization wants to be told besides its list. Kinds: empty means all.
create table notification_subscription (
  id uuid primary key,
  organization text not null,
  name text not null,
  channel text not null check (channel = 'webhook'),
  url text not null,
  kinds text[] not null default '{}',
  -- The secret that signs, sealed with the key ring; gone when the subscription is.
  sealed text,
  secret_key_id text,
  created_by text not null,
  created_at timestamptz not null default now(),
  removed_at timestamptz,
  check ((sealed is null) = (removed_at is not null)),
  check ((sealed is null) = (secret_key_id is null))
);
create index notification_subscription_organization on notification_subscription (organization) where removed_at is null;

-- The outbox: one row per notification and subscription, written with the notification. dead: given up, until somebody tries again.
create table notification_delivery (
  notification_id uuid not null references notification,
  subscription_id uuid not null references notification_subscription,
  state text not null default 'pending' check (state in ('pending', 'delivered', 'dead')),
  -- Also the fence: whoever sends raises it, and only who raised it last may say how it ended.
  attempts integer not null default 0,
  -- Of a pending one; while somebody sends it, the end of the lease.
  next_attempt_at timestamptz not null,
  last_status integer,
  last_error text,
  settled_at timestamptz,
  primary key (subscription_id, notification_id),
  check ((state = 'pending') = (settled_at is null))
);
create index notification_delivery_due on notification_delivery (subscription_id, next_attempt_at) where state = 'pending';
create index notification_delivery_dead on notification_delivery (subscription_id) where state = 'dead';
