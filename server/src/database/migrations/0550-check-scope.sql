-- A scope that opens one thing: asking whom a proposed contract would break. For a provider's CI.
alter table api_key drop constraint api_key_scopes_check;
alter table api_key add constraint api_key_scopes_check
  check (cardinality(scopes) > 0 and scopes <@ array['read', 'replay', 'write', 'check', 'admin']);
