-- When a flow was planned for an instance: where its polls start from until the first position is committed.
alter table flow_schedule add column planned_at timestamptz not null default now();
