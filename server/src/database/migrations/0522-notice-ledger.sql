-- A change moves by time: confirmed, told (noticed), in effect, closed, or withdrawn. What comes before that, observed and quarantined, are
-- states of the version that carries it; the steps keep them as evidence.
alter table contract_notice drop constraint contract_notice_state_check;
alter table contract_notice add constraint contract_notice_state_check
  check (state in ('confirmed', 'noticed', 'effective', 'closed', 'withdrawn'));
alter table contract_notice alter column state set default 'confirmed';
-- Integrations that the change touches, as far as usage tells; null: it is not known, so all that bridge the platform.
alter table contract_notice add column reach text[];
-- The sequence that was told last; null: nobody was told anything.
alter table contract_notice add column told_sequence integer;
-- The nearest reminder that was given, or lay behind already when the date was told, in days before it; null: none.
alter table contract_notice add column reminded_days integer;
-- When the mover has to look again; null: nothing will happen by itself any more.
alter table contract_notice add column next_move_at timestamptz default now();
update contract_notice set told_sequence = sequence, next_move_at = case when state = 'noticed' then now() end;
create index contract_notice_due on contract_notice (next_move_at) where next_move_at is not null;

-- Whom a notice concerns, and how far each has come.
create table contract_notice_party (
  notice_id uuid not null references contract_notice,
  organization text not null,
  -- Through which integrations it is concerned.
  integrations text[] not null,
  told_at timestamptz not null,
  -- The last day on which a first answer is in time, by the organization's own calendar; null: none is expected, as of the platform's owner.
  answer_due_on date,
  answered_at timestamptz,
  -- How many levels of its people were called; 0 is whoever answers for changes.
  level integer not null default 0 check (level >= 0),
  -- From this day on the next level is called; null: nobody is left, or an answer is there.
  escalate_on date,
  primary key (notice_id, organization)
);
create index contract_notice_party_waiting on contract_notice_party (organization) where answered_at is null and answer_due_on is not null;

-- What happened to a notice, in order, with evidence. Rows are only ever added.
create table contract_notice_step (
  notice_id uuid not null references contract_notice,
  number integer not null check (number > 0),
  step text not null check (step in ('observed', 'quarantined', 'confirmed', 'noticed', 'reminded', 'acknowledged', 'objected', 'consented',
    'escalated', 'moved', 'effective', 'closed', 'withdrawn')),
  at timestamptz not null,
  -- Of whom it is a step; null: of the notice itself.
  organization text,
  evidence jsonb not null default '{}',
  primary key (notice_id, number)
);
