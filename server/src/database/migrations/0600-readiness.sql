-- What people have said about an integration, each once and for ever: rows are added, never changed.

-- A named person says that a check holds, for one side or (side null) for the whole.
create table attestation (
  id uuid primary key,
  integration text not null,
  check_id text not null,
  side text,
  person text not null check (person like '%/%'),
  note text,
  attested_at timestamptz not null default now()
);
create index attestation_integration on attestation (integration, check_id, attested_at desc);

-- The digest covers check, side, reason and both days: another wording is another waiver.
create table waiver_signature (
  id uuid primary key,
  integration text not null,
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  check_id text not null,
  person text not null check (person like '%/%'),
  signed_at timestamptz not null default now(),
  unique (integration, digest, person)
);

create table known_gap_review (
  id uuid primary key,
  integration text not null,
  gap text not null,
  person text not null check (person like '%/%'),
  note text,
  reviewed_at timestamptz not null default now(),
  next_review_on date not null
);
create index known_gap_review_integration on known_gap_review (integration, gap);

-- The stages that the gates have let an integration into, in order. The newest row is where it stands.
create table stage_admission (
  id uuid primary key,
  integration text not null,
  -- 1, 2, 3 …: two processes that admit at the same time meet here, and one of them loses
  position integer not null check (position > 0),
  from_stage text,
  stage text not null check (stage in ('proposed', 'experimental', 'pilot', 'beta', 'ga', 'deprecated', 'sunset', 'retired')),
  how text not null check (how in ('gate', 'adopted')),
  -- people who signed an adoption; empty for a gate
  signed_by text[] not null default '{}',
  reason text,
  -- checks that were waived when the gate opened
  waived text[] not null default '{}',
  admitted_at timestamptz not null default now(),
  unique (integration, position),
  check ((position = 1) = (from_stage is null)),
  -- only a first sight is adopted, and never by one person alone
  check (how = 'gate' or (position = 1 and cardinality(signed_by) >= 2 and reason is not null))
);

create function keep_for_ever() returns trigger language plpgsql as $$
begin
  raise exception '% rows are never changed: add another', tg_table_name;
end $$;
create trigger attestation_kept before update or delete on attestation for each row execute function keep_for_ever();
create trigger waiver_signature_kept before update or delete on waiver_signature for each row execute function keep_for_ever();
create trigger known_gap_review_kept before update or delete on known_gap_review for each row execute function keep_for_ever();
create trigger stage_admission_kept before update or delete on stage_admission for each row execute function keep_for_ever();
