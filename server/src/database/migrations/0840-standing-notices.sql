-- standing: announced before anybody looked, without a day that is to come, and used by nobody as far as was seen. Kept and told to nobody, until
-- somebody begins to use it, a day is given, or it goes.
alter table contract_notice drop constraint contract_notice_state_check;
alter table contract_notice add constraint contract_notice_state_check
  check (state in ('standing', 'confirmed', 'noticed', 'effective', 'closed', 'withdrawn'));
