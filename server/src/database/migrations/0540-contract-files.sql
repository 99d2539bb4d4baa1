-- Where relative references of a document begin; null: the files it refers to are named as seen from it.
alter table contract_document add base text;

-- The files that a contract of several files refers to, each under the name that its references resolve to.
create table contract_document_part (
  hash text not null references contract_document,
  path text not null,
  text text not null,
  primary key (hash, path)
);

-- The copy of a contract in the workspace as it was seen last: only a file that changes itself is news, so no restart brings an older one back.
create table contract_workspace_file (
  platform text primary key,
  file text not null,
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  seen_at timestamptz not null
);
