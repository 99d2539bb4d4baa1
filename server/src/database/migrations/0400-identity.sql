-- Who may use the HTTP API. Only a digest of the key is kept: the key itself is shown once, when it is made.
create table api_key (
  id uuid primary key,
  name text not null,
  -- The organization it acts for; null: the operator, who sees everything.
  organization text,
  -- Set for a customer's admin: sees this customer only.
  customer text,
  scopes text[] not null check (cardinality(scopes) > 0 and scopes <@ array['read', 'replay', 'write', 'admin']),
  digest bytea not null unique,
  -- First characters, so that a person can tell keys apart.
  hint text not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  revoked_at timestamptz,
  check (customer is null or not scopes && array['admin'])
);
