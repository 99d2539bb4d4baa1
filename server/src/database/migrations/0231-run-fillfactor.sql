-- A run is inserted, claimed once and gone: with room for the second version on its page a claim touches no index.
alter table run set (fillfactor = 45);
