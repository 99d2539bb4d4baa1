-- A circuit that is not closed. Rows exist only while it is open, so that what all processes read twice a second is short.
create table circuit (
  -- connection:<id> or platform:<name>
  key text primary key,
  reason text not null,
  opened_at timestamptz not null default now(),
  failed_probes integer not null default 0,
  -- a single caller may probe from this moment on …
  retry_at timestamptz not null,
  -- … and holds the probe until then, in case it dies with it
  probe_id uuid,
  probe_until timestamptz,
  check ((probe_id is null) = (probe_until is null))
);

-- What went over the wire, without secrets: redacted before it was stored. Partitioned by day through the time in the id.
create table call_record (
  id uuid not null,
  run_id uuid,
  step text,
  connection_id uuid not null,
  platform text not null,
  method text not null,
  -- the path template of the contract, and the path as sent
  operation text not null,
  path text not null,
  -- null: there was no answer
  status smallint,
  outcome text not null check (outcome in ('ok', 'retryable', 'throttled', 'credential', 'customer-data', 'bug', 'partner-down')),
  error text,
  started_at timestamptz not null,
  duration_ms real not null,
  idempotency_key text,
  request_headers json,
  request_body text,
  response_headers json,
  response_body text,
  primary key (id)
) partition by range (id);
create index call_record_run on call_record (run_id) where run_id is not null;
create index call_record_connection on call_record (connection_id, id);
