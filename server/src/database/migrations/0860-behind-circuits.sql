-- When a waiting run was last asked to try the partner: one at a time of all processes, and another when that one did not.
alter table circuit add column asked_at timestamptz;
-- Who tries an open circuit: of each connection behind it the run that has waited longest. Few runs wait, and a claim that finds no wait touches it not.
create index run_behind_circuit on run ((failure ->> 'waitsFor'), (failure ->> 'connectionId'), due_at) where wait_reason = 'partner-down';
