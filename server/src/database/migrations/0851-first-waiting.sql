-- Of those that wait for one thing, the first in the order of the queue: where a rate limit grants ten of fifty thousand, ten are looked at.
drop index run_waits_for;
create index run_waits_for on run ((failure ->> 'waitsFor'), priority desc, id) where wait_reason is not null;
