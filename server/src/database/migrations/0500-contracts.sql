-- What instances use of a platform's contract, per day (UTC). Counts, names and values that the contract itself lists; never payloads.
create table contract_usage (
  instance_id uuid not null,
  platform text not null,
  day date not null,
  surface text not null check (surface in ('operation', 'webhook')),
  method text not null,
  path text not null,
  kind text not null check (kind in ('call', 'status', 'sent', 'header', 'sends', 'accepts', 'watched', 'read')),
  name text not null,
  -- Empty where the value is not kept.
  value text not null,
  seen bigint not null check (seen > 0),
  last_at timestamptz not null,
  primary key (instance_id, platform, day, surface, method, path, kind, name, value)
);
create index contract_usage_platform on contract_usage (platform, day);

-- Texts of contracts, each once.
create table contract_document (
  -- SHA-256 of the text.
  hash text primary key check (hash ~ '^[0-9a-f]{64}$'),
  text text not null,
  bytes integer not null,
  received_at timestamptz not null default now()
);

-- Versions of a platform's contract in the order in which they came. published: was in force from published_at until the next one.
-- proposed: shown for judgement, never in force. quarantined: read, and not believed yet. withdrawn: taken back before it was believed.
create table contract_version (
  id uuid primary key,
  platform text not null,
  hash text not null references contract_document,
  -- info.version of the document
  label text,
  state text not null check (state in ('proposed', 'published', 'quarantined', 'withdrawn')),
  source text not null check (source in ('workspace', 'url', 'upload')),
  -- File, address, or whoever uploaded it.
  origin text not null,
  reads integer not null default 1 check (reads > 0),
  first_read_at timestamptz not null,
  last_read_at timestamptz not null,
  published_at timestamptz,
  withdrawn_at timestamptz,
  -- Why it is not believed yet, or was taken back.
  reason text,
  check ((state = 'published') = (published_at is not null)),
  check ((state = 'withdrawn') = (withdrawn_at is not null))
);
create index contract_version_platform on contract_version (platform, id);
-- At most one waits to be believed.
create unique index contract_version_quarantined on contract_version (platform) where state = 'quarantined';

-- What went wrong with a source: a document that could not be read or believed. The same again is counted, not repeated.
create table contract_incident (
  id uuid primary key,
  platform text not null,
  kind text not null check (kind in ('unreadable', 'emptied', 'flap', 'unreachable')),
  detail text not null,
  origin text not null,
  seen integer not null default 1 check (seen > 0),
  first_at timestamptz not null,
  last_at timestamptz not null,
  unique (platform, kind, origin, detail)
);

-- Where a contract is polled, and what the source said last.
create table contract_source (
  platform text primary key,
  url text not null,
  etag text,
  last_modified text,
  next_read_at timestamptz not null default now()
);

-- A change that was announced, found, or happened, between the two sides of a bridge. The identity is that of the finding, or of the header.
create table contract_notice (
  id uuid primary key,
  platform text not null,
  identity text not null,
  rule text not null,
  place text not null,
  words text not null,
  source text not null check (source in ('header', 'contract', 'person')),
  kind text not null check (kind in ('security', 'behaviourFix', 'additive', 'breaking', 'removal', 'commercial', 'exit', 'maintenance')),
  -- When the affected side could first know. A change found only in force was known on no day before.
  announced_at timestamptz not null,
  -- Day on which it takes effect; null while nobody has said.
  effective_on date,
  silent boolean not null default false,
  state text not null default 'noticed' check (state in ('noticed', 'effective', 'closed', 'withdrawn')),
  evidence jsonb not null default '{}',
  created_at timestamptz not null default now(),
  unique (platform, identity)
);

-- Dates are moved by adding a row: a promise that slipped keeps its history.
create table contract_notice_date (
  notice_id uuid not null references contract_notice,
  effective_on date,
  said_at timestamptz not null,
  said_by text not null,
  primary key (notice_id, said_at)
);

create table contract_acknowledgement (
  id uuid primary key,
  notice_id uuid not null references contract_notice,
  organization text not null,
  person text not null,
  answer text not null check (answer in ('acknowledged', 'objected', 'consented')),
  note text,
  answered_at timestamptz not null default now(),
  unique (notice_id, organization, person, answer)
);

-- Addresses of calendars: whoever has one reads the organization's changes, so only its digest is kept and it can be revoked.
create table contract_calendar (
  id uuid primary key,
  organization text not null,
  digest bytea not null unique,
  created_by text not null,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);
