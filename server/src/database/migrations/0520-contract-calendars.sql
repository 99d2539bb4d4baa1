-- What a person sees of a calendar's address later: its name and first characters, and whether anybody still reads it.
alter table contract_calendar add column name text not null default 'calendar';
alter table contract_calendar alter column name drop default;
alter table contract_calendar add column hint text not null default '';
alter table contract_calendar alter column hint drop default;
alter table contract_calendar add column last_read_at timestamptz;
create index contract_calendar_organization on contract_calendar (organization, id);

-- Calendars take a newer version of an event only when its number grew: with each date that moves, and when it is withdrawn or comes back.
alter table contract_notice add column sequence integer not null default 0 check (sequence >= 0);
alter table contract_notice add column changed_at timestamptz;
update contract_notice n set changed_at = announced_at,
  sequence = greatest(0, (select count(*) from contract_notice_date d where d.notice_id = n.id) - 1);
alter table contract_notice alter column changed_at set not null;
