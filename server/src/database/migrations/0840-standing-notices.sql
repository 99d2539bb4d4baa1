-- What a header says of an end and what the contract says of it is one notice.
update contract_notice n set identity = 'end of operation ' || regexp_replace(substr(identity, length('header ') + 1), '\{[^}]*\}', '{}', 'g')
where source = 'header' and identity like 'header %' and not exists (select from contract_notice o where o.platform = n.platform
  and o.identity = 'end of operation ' || regexp_replace(substr(n.identity, length('header ') + 1), '\{[^}]*\}', '{}', 'g'));

-- standing: announced before anybody looked, without a day that is to come, and used by nobody as far as was seen. Kept and told to nobody, until
-- somebody begins to use it, a day is given, or it goes.
alter table contract_notice drop constraint contract_notice_state_check;
alter table contract_notice add constraint contract_notice_state_check
  check (state in ('standing', 'confirmed', 'noticed', 'effective', 'closed', 'withdrawn'));
