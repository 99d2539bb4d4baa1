-- What ends a wait early: a pause that was lifted, a circuit that closed, a person. Few runs wait, and a claim that finds no wait touches neither.
create index run_waits_for on run ((failure ->> 'waitsFor')) where wait_reason is not null;
create index run_waits_on_connection on run ((failure ->> 'connectionId')) where wait_reason is not null;
