-- Where a contract is polled, one row per platform: what the source said last, when it is read next, and who reads it now.
alter table contract_source
  -- document: the address of the contract itself. catalog: of an api-catalog (RFC 9727) that names it.
  add kind text not null default 'document' check (kind in ('document', 'catalog')),
  -- Where the platform's API answers; tells the right API in a catalog of several.
  add base_url text,
  add poll_every_seconds integer not null default 21600 check (poll_every_seconds > 0),
  -- Where the document was found at last, behind catalog and redirects.
  add document_url text,
  -- Of the last document that could be read, believed or not.
  add last_hash text check (last_hash ~ '^[0-9a-f]{64}$'),
  add several_files boolean not null default false,
  add last_tried_at timestamptz,
  add last_read_at timestamptz,
  add last_changed_at timestamptz,
  add last_outcome text,
  add failures integer not null default 0 check (failures >= 0),
  add error text,
  add fix text,
  add lease uuid,
  add leased_until timestamptz,
  add check ((lease is null) = (leased_until is null)),
  add check ((error is null) = (failures = 0));
create index contract_source_due on contract_source (next_read_at);
