-- Printed from the migrated database by `npm run docs`. Do not edit.

create table api_key (
  id uuid not null,
  name text not null,
  organization text,
  customer text,
  scopes text[] not null,
  digest bytea not null,
  hint text not null,
  created_by text not null,
  created_at timestamp with time zone not null default now(),
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint api_key_digest_key UNIQUE (digest),
  constraint api_key_pkey PRIMARY KEY (id),
  constraint api_key_check CHECK (((customer IS NULL) OR (NOT (scopes && ARRAY['admin'::text])))),
  constraint api_key_scopes_check CHECK (((cardinality(scopes) > 0) AND (scopes <@ ARRAY['read'::text, 'replay'::text, 'write'::text, 'check'::text, 'admin'::text])))
);

create table attestation (
  id uuid not null,
  integration text not null,
  check_id text not null,
  side text,
  person text not null,
  note text,
  attested_at timestamp with time zone not null default now(),
  constraint attestation_pkey PRIMARY KEY (id),
  constraint attestation_person_check CHECK ((person ~~ '%/%'::text))
);
create INDEX attestation_integration ON public.attestation USING btree (integration, check_id, attested_at DESC);

create table call_record (
  id uuid not null,
  run_id uuid,
  step text,
  connection_id uuid not null,
  platform text not null,
  method text not null,
  operation text not null,
  path text not null,
  status smallint,
  outcome text not null,
  error text,
  started_at timestamp with time zone not null,
  duration_ms real not null,
  idempotency_key text,
  request_headers json,
  request_body text,
  response_headers json,
  response_body text,
  constraint call_record_pkey PRIMARY KEY (id),
  constraint call_record_outcome_check CHECK ((outcome = ANY (ARRAY['ok'::text, 'retryable'::text, 'throttled'::text, 'credential'::text, 'customer-data'::text, 'bug'::text, 'partner-down'::text])))
) partition by range (id);
create INDEX call_record_connection ON ONLY public.call_record USING btree (connection_id, id);
create INDEX call_record_run ON ONLY public.call_record USING btree (run_id) WHERE (run_id IS NOT NULL);

create table canary (
  integration text not null,
  scenario text not null,
  last_at timestamp with time zone not null,
  outcome text not null,
  last_succeeded_at timestamp with time zone,
  detail text,
  reported_by text not null,
  constraint canary_pkey PRIMARY KEY (integration, scenario),
  constraint canary_check CHECK (((outcome = 'failed'::text) OR (last_succeeded_at = last_at))),
  constraint canary_outcome_check CHECK ((outcome = ANY (ARRAY['succeeded'::text, 'failed'::text])))
);

create table canary_schedule (
  integration text not null,
  scenario text not null,
  next_at timestamp with time zone not null default now(),
  leased_until timestamp with time zone,
  constraint canary_schedule_pkey PRIMARY KEY (integration, scenario)
);

create table circuit (
  key text not null,
  reason text not null,
  opened_at timestamp with time zone not null default now(),
  failed_probes integer not null default 0,
  retry_at timestamp with time zone not null,
  probe_id uuid,
  probe_until timestamp with time zone,
  asked_at timestamp with time zone,
  constraint circuit_pkey PRIMARY KEY (key),
  constraint circuit_check CHECK (((probe_id IS NULL) = (probe_until IS NULL)))
);

create table connection (
  id uuid not null,
  platform text not null,
  organization text not null,
  customer text not null,
  name text not null,
  base_url text,
  authentication jsonb not null,
  secrets jsonb not null default '{}'::jsonb,
  secret_key_id text,
  secret_version integer not null default 1,
  state text not null default 'healthy'::text,
  state_reason text,
  paused_until timestamp with time zone,
  pause_reason text,
  created_at timestamp with time zone not null default now(),
  changed_at timestamp with time zone not null default clock_timestamp(),
  constraint connection_platform_organization_customer_name_key UNIQUE (platform, organization, customer, name),
  constraint connection_pkey PRIMARY KEY (id),
  constraint connection_check CHECK (((secrets = '{}'::jsonb) = (secret_key_id IS NULL))),
  constraint connection_check1 CHECK (((paused_until IS NULL) = (pause_reason IS NULL))),
  constraint connection_secret_version_check CHECK ((secret_version > 0)),
  constraint connection_state_check CHECK ((state = ANY (ARRAY['healthy'::text, 'degraded'::text, 'needs-reauth'::text])))
);
create INDEX connection_changed ON public.connection USING btree (changed_at);
create INDEX connection_secret_key ON public.connection USING btree (secret_key_id) WHERE (secret_key_id IS NOT NULL);

create table contract_acknowledgement (
  id uuid not null,
  notice_id uuid not null,
  organization text not null,
  person text not null,
  answer text not null,
  note text,
  answered_at timestamp with time zone not null default now(),
  constraint contract_acknowledgement_notice_id_organization_person_answ_key UNIQUE (notice_id, organization, person, answer),
  constraint contract_acknowledgement_pkey PRIMARY KEY (id),
  constraint contract_acknowledgement_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES contract_notice(id),
  constraint contract_acknowledgement_answer_check CHECK ((answer = ANY (ARRAY['acknowledged'::text, 'objected'::text, 'consented'::text])))
);

create table contract_calendar (
  id uuid not null,
  organization text not null,
  digest bytea not null,
  created_by text not null,
  created_at timestamp with time zone not null default now(),
  revoked_at timestamp with time zone,
  name text not null,
  hint text not null,
  last_read_at timestamp with time zone,
  constraint contract_calendar_digest_key UNIQUE (digest),
  constraint contract_calendar_pkey PRIMARY KEY (id)
);
create INDEX contract_calendar_organization ON public.contract_calendar USING btree (organization, id);

create table contract_document (
  hash text not null,
  text text not null,
  bytes integer not null,
  received_at timestamp with time zone not null default now(),
  base text,
  constraint contract_document_pkey PRIMARY KEY (hash),
  constraint contract_document_hash_check CHECK ((hash ~ '^[0-9a-f]{64}$'::text))
);

create table contract_document_part (
  hash text not null,
  path text not null,
  text text not null,
  constraint contract_document_part_pkey PRIMARY KEY (hash, path),
  constraint contract_document_part_hash_fkey FOREIGN KEY (hash) REFERENCES contract_document(hash)
);

create table contract_drift_coverage (
  platform text not null,
  surface text not null,
  method text not null,
  path text not null,
  status text not null,
  instance_id uuid,
  contract text not null,
  described boolean not null,
  received bigint not null,
  checked bigint not null,
  checked_now bigint not null,
  first_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  constraint contract_drift_coverage_platform_surface_method_path_status_key UNIQUE NULLS NOT DISTINCT (platform, surface, method, path, status, instance_id),
  constraint contract_drift_coverage_check CHECK ((checked >= checked_now)),
  constraint contract_drift_coverage_checked_now_check CHECK ((checked_now >= 0)),
  constraint contract_drift_coverage_received_check CHECK ((received >= 0)),
  constraint contract_drift_coverage_surface_check CHECK ((surface = ANY (ARRAY['operation'::text, 'webhook'::text])))
);

create table contract_drift_finding (
  id uuid not null,
  platform text not null,
  identity text not null,
  kind text not null,
  surface text not null,
  method text not null,
  path text not null,
  status text not null,
  media_type text not null,
  field text not null,
  keyword text not null,
  detail text not null,
  expected jsonb not null,
  example jsonb not null,
  contract text not null,
  state text not null default 'open'::text,
  closed_at timestamp with time zone,
  closed_reason text,
  reopened integer not null default 0,
  seen bigint not null,
  checked_when_seen bigint not null,
  first_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  constraint contract_drift_finding_platform_identity_key UNIQUE (platform, identity),
  constraint contract_drift_finding_pkey PRIMARY KEY (id),
  constraint contract_drift_finding_check CHECK (((state = 'closed'::text) = (closed_at IS NOT NULL))),
  constraint contract_drift_finding_check1 CHECK (((state = 'closed'::text) = (closed_reason IS NOT NULL))),
  constraint contract_drift_finding_closed_reason_check CHECK ((closed_reason = ANY (ARRAY['no-longer-seen'::text, 'contract-agrees'::text, 'no-longer-described'::text]))),
  constraint contract_drift_finding_kind_check CHECK ((kind = ANY (ARRAY['violation'::text, 'undeclared-status'::text, 'undeclared-media-type'::text, 'undeclared-property'::text]))),
  constraint contract_drift_finding_seen_check CHECK ((seen > 0)),
  constraint contract_drift_finding_state_check CHECK ((state = ANY (ARRAY['open'::text, 'closed'::text]))),
  constraint contract_drift_finding_surface_check CHECK ((surface = ANY (ARRAY['operation'::text, 'webhook'::text])))
);

create table contract_drift_instance (
  finding_id uuid not null,
  instance_id uuid,
  seen bigint not null,
  first_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  constraint contract_drift_instance_finding_id_instance_id_key UNIQUE NULLS NOT DISTINCT (finding_id, instance_id),
  constraint contract_drift_instance_finding_id_fkey FOREIGN KEY (finding_id) REFERENCES contract_drift_finding(id) ON DELETE CASCADE,
  constraint contract_drift_instance_seen_check CHECK ((seen > 0))
);

create table contract_incident (
  id uuid not null,
  platform text not null,
  kind text not null,
  detail text not null,
  origin text not null,
  seen integer not null default 1,
  first_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  constraint contract_incident_platform_kind_origin_detail_key UNIQUE (platform, kind, origin, detail),
  constraint contract_incident_pkey PRIMARY KEY (id),
  constraint contract_incident_kind_check CHECK ((kind = ANY (ARRAY['unreadable'::text, 'emptied'::text, 'flap'::text, 'unreachable'::text]))),
  constraint contract_incident_seen_check CHECK ((seen > 0))
);

create table contract_notice (
  id uuid not null,
  platform text not null,
  identity text not null,
  rule text not null,
  place text not null,
  words text not null,
  source text not null,
  kind text not null,
  announced_at timestamp with time zone not null,
  effective_on date,
  silent boolean not null default false,
  state text not null default 'confirmed'::text,
  evidence jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null default now(),
  sequence integer not null default 0,
  changed_at timestamp with time zone not null,
  reach text[],
  told_sequence integer,
  reminded_days integer,
  next_move_at timestamp with time zone default now(),
  constraint contract_notice_platform_identity_key UNIQUE (platform, identity),
  constraint contract_notice_pkey PRIMARY KEY (id),
  constraint contract_notice_kind_check CHECK ((kind = ANY (ARRAY['security'::text, 'behaviourFix'::text, 'additive'::text, 'breaking'::text, 'removal'::text, 'commercial'::text, 'exit'::text, 'maintenance'::text]))),
  constraint contract_notice_sequence_check CHECK ((sequence >= 0)),
  constraint contract_notice_source_check CHECK ((source = ANY (ARRAY['header'::text, 'contract'::text, 'person'::text]))),
  constraint contract_notice_state_check CHECK ((state = ANY (ARRAY['standing'::text, 'confirmed'::text, 'noticed'::text, 'effective'::text, 'closed'::text, 'withdrawn'::text])))
);
create INDEX contract_notice_due ON public.contract_notice USING btree (next_move_at) WHERE (next_move_at IS NOT NULL);

create table contract_notice_date (
  notice_id uuid not null,
  effective_on date,
  said_at timestamp with time zone not null,
  said_by text not null,
  constraint contract_notice_date_pkey PRIMARY KEY (notice_id, said_at),
  constraint contract_notice_date_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES contract_notice(id)
);

create table contract_notice_party (
  notice_id uuid not null,
  organization text not null,
  integrations text[] not null,
  told_at timestamp with time zone not null,
  answer_due_on date,
  answered_at timestamp with time zone,
  level integer not null default 0,
  escalate_on date,
  constraint contract_notice_party_pkey PRIMARY KEY (notice_id, organization),
  constraint contract_notice_party_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES contract_notice(id),
  constraint contract_notice_party_level_check CHECK ((level >= 0))
);
create INDEX contract_notice_party_waiting ON public.contract_notice_party USING btree (organization) WHERE ((answered_at IS NULL) AND (answer_due_on IS NOT NULL));

create table contract_notice_step (
  notice_id uuid not null,
  number integer not null,
  step text not null,
  at timestamp with time zone not null,
  organization text,
  evidence jsonb not null default '{}'::jsonb,
  constraint contract_notice_step_pkey PRIMARY KEY (notice_id, number),
  constraint contract_notice_step_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES contract_notice(id),
  constraint contract_notice_step_number_check CHECK ((number > 0)),
  constraint contract_notice_step_step_check CHECK ((step = ANY (ARRAY['observed'::text, 'quarantined'::text, 'confirmed'::text, 'noticed'::text, 'reminded'::text, 'acknowledged'::text, 'objected'::text, 'consented'::text, 'escalated'::text, 'moved'::text, 'effective'::text, 'closed'::text, 'withdrawn'::text])))
);

create table contract_recording (
  id uuid not null,
  platform text not null,
  surface text not null,
  method text not null,
  path text not null,
  status text not null,
  instance_id uuid not null,
  direction text not null,
  media_type text not null,
  digest text not null,
  shape jsonb not null,
  seen bigint not null,
  first_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  constraint contract_recording_platform_surface_method_path_status_inst_key UNIQUE (platform, surface, method, path, status, instance_id, direction, digest),
  constraint contract_recording_pkey PRIMARY KEY (id),
  constraint contract_recording_direction_check CHECK ((direction = ANY (ARRAY['request'::text, 'answer'::text]))),
  constraint contract_recording_seen_check CHECK ((seen > 0)),
  constraint contract_recording_surface_check CHECK ((surface = ANY (ARRAY['operation'::text, 'webhook'::text])))
);
create INDEX contract_recording_age ON public.contract_recording USING btree (last_at);

create table contract_source (
  platform text not null,
  url text not null,
  etag text,
  last_modified text,
  next_read_at timestamp with time zone not null default now(),
  kind text not null default 'document'::text,
  base_url text,
  poll_every_seconds integer not null default 21600,
  document_url text,
  last_hash text,
  several_files boolean not null default false,
  last_tried_at timestamp with time zone,
  last_read_at timestamp with time zone,
  last_changed_at timestamp with time zone,
  last_outcome text,
  failures integer not null default 0,
  error text,
  fix text,
  lease uuid,
  leased_until timestamp with time zone,
  constraint contract_source_pkey PRIMARY KEY (platform),
  constraint contract_source_check CHECK (((lease IS NULL) = (leased_until IS NULL))),
  constraint contract_source_check1 CHECK (((error IS NULL) = (failures = 0))),
  constraint contract_source_failures_check CHECK ((failures >= 0)),
  constraint contract_source_kind_check CHECK ((kind = ANY (ARRAY['document'::text, 'catalog'::text]))),
  constraint contract_source_last_hash_check CHECK ((last_hash ~ '^[0-9a-f]{64}$'::text)),
  constraint contract_source_poll_every_seconds_check CHECK ((poll_every_seconds > 0))
);
create INDEX contract_source_due ON public.contract_source USING btree (next_read_at);

create table contract_usage (
  instance_id uuid not null,
  platform text not null,
  day date not null,
  surface text not null,
  method text not null,
  path text not null,
  kind text not null,
  name text not null,
  value text not null,
  seen bigint not null,
  last_at timestamp with time zone not null,
  constraint contract_usage_pkey PRIMARY KEY (instance_id, platform, day, surface, method, path, kind, name, value),
  constraint contract_usage_kind_check CHECK ((kind = ANY (ARRAY['call'::text, 'status'::text, 'sent'::text, 'header'::text, 'sends'::text, 'accepts'::text, 'watched'::text, 'read'::text]))),
  constraint contract_usage_seen_check CHECK ((seen > 0)),
  constraint contract_usage_surface_check CHECK ((surface = ANY (ARRAY['operation'::text, 'webhook'::text])))
);
create INDEX contract_usage_day ON public.contract_usage USING brin (day);
create INDEX contract_usage_platform ON public.contract_usage USING btree (platform, day);

create table contract_version (
  id uuid not null,
  platform text not null,
  hash text not null,
  label text,
  state text not null,
  source text not null,
  origin text not null,
  reads integer not null default 1,
  first_read_at timestamp with time zone not null,
  last_read_at timestamp with time zone not null,
  published_at timestamp with time zone,
  withdrawn_at timestamp with time zone,
  reason text,
  constraint contract_version_pkey PRIMARY KEY (id),
  constraint contract_version_hash_fkey FOREIGN KEY (hash) REFERENCES contract_document(hash),
  constraint contract_version_check CHECK (((state = 'published'::text) = (published_at IS NOT NULL))),
  constraint contract_version_check1 CHECK (((state = 'withdrawn'::text) = (withdrawn_at IS NOT NULL))),
  constraint contract_version_reads_check CHECK ((reads > 0)),
  constraint contract_version_source_check CHECK ((source = ANY (ARRAY['workspace'::text, 'url'::text, 'upload'::text]))),
  constraint contract_version_state_check CHECK ((state = ANY (ARRAY['proposed'::text, 'published'::text, 'quarantined'::text, 'withdrawn'::text])))
);
create INDEX contract_version_platform ON public.contract_version USING btree (platform, id);
create UNIQUE INDEX contract_version_quarantined ON public.contract_version USING btree (platform) WHERE (state = 'quarantined'::text);

create table contract_watch (
  platform text not null,
  since timestamp with time zone not null,
  last_at timestamp with time zone not null,
  constraint contract_watch_pkey PRIMARY KEY (platform),
  constraint contract_watch_check CHECK ((since <= last_at))
);

create table contract_workspace_file (
  platform text not null,
  file text not null,
  hash text not null,
  seen_at timestamp with time zone not null,
  constraint contract_workspace_file_pkey PRIMARY KEY (platform),
  constraint contract_workspace_file_hash_check CHECK ((hash ~ '^[0-9a-f]{64}$'::text))
);

create table delivery (
  id uuid not null,
  source text not null,
  instance_key text,
  sender_id text not null,
  assurance text not null,
  secret_id text,
  content_type text,
  headers jsonb not null,
  query text,
  body bytea not null,
  received_at timestamp with time zone not null,
  constraint delivery_pkey PRIMARY KEY (id),
  constraint delivery_assurance_check CHECK ((assurance = ANY (ARRAY['signature'::text, 'shared-secret'::text, 'proxy'::text, 'none'::text, 'polled'::text])))
) partition by range (id);

create table delivery_batch (
  id uuid not null,
  delivery_ids uuid[] not null,
  constraint delivery_batch_pkey PRIMARY KEY (id)
);

create table delivery_key (
  source text not null,
  instance_key text not null,
  sender_id text not null,
  delivery_id uuid not null,
  body_sha256 bytea not null,
  received_at timestamp with time zone not null,
  repeats_until timestamp with time zone not null,
  constraint delivery_key_pkey PRIMARY KEY (source, instance_key, sender_id)
);
create INDEX delivery_key_delivery ON public.delivery_key USING brin (delivery_id);

create table delivery_route (
  delivery_id uuid not null,
  state text not null,
  event text,
  account text,
  occurred_at timestamp with time zone,
  problem text,
  routed_at timestamp with time zone not null default now(),
  constraint delivery_route_pkey PRIMARY KEY (delivery_id),
  constraint delivery_route_state_check CHECK ((state = ANY (ARRAY['routed'::text, 'ignored'::text, 'account-unknown'::text, 'unparsable'::text, 'held'::text])))
) partition by range (delivery_id);
create INDEX delivery_route_open ON ONLY public.delivery_route USING btree (state, delivery_id) WHERE (state = ANY (ARRAY['account-unknown'::text, 'unparsable'::text, 'held'::text]));

create table drill (
  id uuid not null,
  integration text not null,
  kind text not null,
  side text not null,
  held_at timestamp with time zone not null,
  answered_by text,
  answered_after_ms bigint,
  evidence text,
  note text,
  recorded_by text not null,
  recorded_at timestamp with time zone not null,
  constraint drill_pkey PRIMARY KEY (id),
  constraint drill_answered_after_ms_check CHECK ((answered_after_ms >= 0)),
  constraint drill_check CHECK (((answered_by IS NULL) = (answered_after_ms IS NULL))),
  constraint drill_check1 CHECK ((answered_by IS DISTINCT FROM recorded_by)),
  constraint drill_kind_check CHECK ((kind = ANY (ARRAY['contact'::text, 'on-call'::text, 'alert'::text]))),
  constraint drill_recorded_by_check CHECK ((recorded_by ~~ '%/%'::text))
);
create INDEX drill_integration ON public.drill USING btree (integration, held_at DESC);

create table finished_run (
  id uuid not null,
  instance_id uuid not null,
  revision integer not null,
  integration text not null,
  version text not null,
  flow text not null,
  origin_id uuid not null,
  delivery_id uuid,
  lane text not null,
  outcome text not null,
  attempt integer not null,
  failures integer not null,
  failure jsonb,
  fingerprint text,
  replay_of uuid,
  discarded_by text,
  received_at timestamp with time zone not null,
  occurred_at timestamp with time zone,
  created_at timestamp with time zone not null,
  started_at timestamp with time zone,
  finished_at timestamp with time zone not null default now(),
  constraint finished_run_pkey PRIMARY KEY (id),
  constraint finished_run_outcome_check CHECK ((outcome = ANY (ARRAY['succeeded'::text, 'skipped'::text, 'discarded'::text])))
) partition by range (id);
create INDEX finished_run_delivery ON ONLY public.finished_run USING btree (delivery_id);
create INDEX finished_run_instance ON ONLY public.finished_run USING btree (instance_id, id);

create table flow_schedule (
  instance_id uuid not null,
  flow text not null,
  rule text not null,
  next_at timestamp with time zone not null,
  last_run_id uuid,
  planned_at timestamp with time zone not null default now(),
  constraint flow_schedule_pkey PRIMARY KEY (instance_id, flow),
  constraint flow_schedule_instance_id_fkey FOREIGN KEY (instance_id) REFERENCES instance(id)
);
create INDEX flow_schedule_due ON public.flow_schedule USING btree (next_at);

create table instance (
  id uuid not null,
  integration text not null,
  organization text not null,
  customer text not null,
  name text not null,
  key text not null,
  state text not null default 'active'::text,
  paying boolean not null default false,
  revision integer not null,
  created_at timestamp with time zone not null default now(),
  changed_at timestamp with time zone not null default now(),
  revenue_per_month_minor bigint,
  revenue_currency text,
  term_ends_on date,
  affiliated boolean,
  synthetic boolean not null default false,
  constraint instance_key_key UNIQUE (key),
  constraint instance_pkey PRIMARY KEY (id),
  constraint instance_check CHECK (((revenue_per_month_minor IS NULL) = (revenue_currency IS NULL))),
  constraint instance_revenue_currency_check CHECK ((revenue_currency ~ '^[A-Z]{3}$'::text)),
  constraint instance_revenue_per_month_minor_check CHECK ((revenue_per_month_minor >= 0)),
  constraint instance_revision_check CHECK ((revision > 0)),
  constraint instance_state_check CHECK ((state = ANY (ARRAY['active'::text, 'paused'::text, 'removed'::text]))),
  constraint instance_synthetic_pays_nothing CHECK ((NOT (synthetic AND (paying OR (revenue_per_month_minor IS NOT NULL)))))
);
create UNIQUE INDEX instance_name ON public.instance USING btree (integration, customer, name) WHERE (state <> 'removed'::text);

create table instance_account (
  platform text not null,
  account text not null,
  instance_id uuid not null,
  constraint instance_account_pkey PRIMARY KEY (platform, account, instance_id),
  constraint instance_account_instance_id_fkey FOREIGN KEY (instance_id) REFERENCES instance(id)
);
create INDEX instance_account_instance ON public.instance_account USING btree (instance_id);

create table instance_revenue (
  instance_id uuid not null,
  since timestamp with time zone not null,
  paying boolean not null,
  revenue_per_month_minor bigint,
  currency text,
  constraint instance_revenue_pkey PRIMARY KEY (instance_id, since),
  constraint instance_revenue_instance_id_fkey FOREIGN KEY (instance_id) REFERENCES instance(id) ON DELETE CASCADE,
  constraint instance_revenue_check CHECK (((revenue_per_month_minor IS NULL) = (currency IS NULL))),
  constraint instance_revenue_currency_check1 CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint instance_revenue_revenue_per_month_minor_check CHECK ((revenue_per_month_minor >= 0))
);

create table instance_revision (
  instance_id uuid not null,
  revision integer not null,
  version text not null,
  settings jsonb not null,
  mappings jsonb not null,
  connections jsonb not null,
  changed_by text not null,
  reason text,
  created_at timestamp with time zone not null default now(),
  constraint instance_revision_pkey PRIMARY KEY (instance_id, revision),
  constraint instance_revision_instance_id_fkey FOREIGN KEY (instance_id) REFERENCES instance(id)
);

create table known_gap_review (
  id uuid not null,
  integration text not null,
  gap text not null,
  person text not null,
  note text,
  reviewed_at timestamp with time zone not null default now(),
  next_review_on date not null,
  constraint known_gap_review_pkey PRIMARY KEY (id),
  constraint known_gap_review_person_check CHECK ((person ~~ '%/%'::text))
);
create INDEX known_gap_review_integration ON public.known_gap_review USING btree (integration, gap);

create table link_check (
  url text not null,
  state text not null default 'unknown'::text,
  status integer,
  detail text,
  checked_at timestamp with time zone,
  last_reachable_at timestamp with time zone,
  misses integer not null default 0,
  next_at timestamp with time zone not null default now(),
  leased_until timestamp with time zone,
  constraint link_check_pkey PRIMARY KEY (url),
  constraint link_check_state_check CHECK ((state = ANY (ARRAY['reachable'::text, 'private'::text, 'broken'::text, 'unknown'::text])))
);

create table maintenance_window (
  id uuid not null,
  platform text not null,
  organization text not null,
  file_id text,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  reason text not null,
  announced_at timestamp with time zone not null,
  announced_by text not null,
  withdrawn_at timestamp with time zone,
  constraint maintenance_window_pkey PRIMARY KEY (id),
  constraint maintenance_window_check CHECK ((ends_at > starts_at)),
  constraint maintenance_window_check1 CHECK ((withdrawn_at < starts_at))
);
create UNIQUE INDEX maintenance_window_declared ON public.maintenance_window USING btree (platform, file_id, starts_at, ends_at) WHERE ((file_id IS NOT NULL) AND (withdrawn_at IS NULL));
create INDEX maintenance_window_time ON public.maintenance_window USING btree (ends_at);

create table meter_event (
  id uuid not null,
  instance_id uuid not null,
  integration text not null,
  version text not null,
  flow text not null,
  run_id uuid not null,
  meter text not null,
  quantity bigint not null,
  occurred_at timestamp with time zone not null,
  received_at timestamp with time zone not null,
  recorded_at timestamp with time zone not null default now(),
  constraint meter_event_pkey PRIMARY KEY (id),
  constraint meter_event_quantity_check CHECK ((quantity > 0))
) partition by range (id);
create INDEX meter_event_recorded ON ONLY public.meter_event USING btree (instance_id, meter, recorded_at);

create table migration (
  name text not null,
  digest text not null,
  applied_at timestamp with time zone not null default now(),
  constraint migration_pkey PRIMARY KEY (name)
);

create table notification (
  id uuid not null,
  organization text not null,
  kind text not null,
  key text not null,
  title text not null,
  data jsonb not null default '{}'::jsonb,
  told_at timestamp with time zone not null,
  constraint notification_organization_key_key UNIQUE (organization, key),
  constraint notification_pkey PRIMARY KEY (id)
);
create INDEX notification_newest ON public.notification USING btree (organization, id DESC);
create INDEX notification_told ON public.notification USING brin (told_at);

create table notification_delivery (
  notification_id uuid not null,
  subscription_id uuid not null,
  state text not null default 'pending'::text,
  attempts integer not null default 0,
  next_attempt_at timestamp with time zone not null,
  last_status integer,
  last_error text,
  settled_at timestamp with time zone,
  constraint notification_delivery_pkey PRIMARY KEY (subscription_id, notification_id),
  constraint notification_delivery_notification_id_fkey FOREIGN KEY (notification_id) REFERENCES notification(id),
  constraint notification_delivery_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES notification_subscription(id),
  constraint notification_delivery_check CHECK (((state = 'pending'::text) = (settled_at IS NULL))),
  constraint notification_delivery_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'dead'::text])))
);
create INDEX notification_delivery_dead ON public.notification_delivery USING btree (subscription_id) WHERE (state = 'dead'::text);
create INDEX notification_delivery_due ON public.notification_delivery USING btree (subscription_id, next_attempt_at) WHERE (state = 'pending'::text);
create INDEX notification_delivery_notification ON public.notification_delivery USING btree (notification_id);

create table notification_subscription (
  id uuid not null,
  organization text not null,
  name text not null,
  channel text not null,
  url text not null,
  kinds text[] not null default '{}'::text[],
  sealed text,
  secret_key_id text,
  created_by text not null,
  created_at timestamp with time zone not null default now(),
  removed_at timestamp with time zone,
  constraint notification_subscription_pkey PRIMARY KEY (id),
  constraint notification_subscription_channel_check CHECK ((channel = 'webhook'::text)),
  constraint notification_subscription_check CHECK (((sealed IS NULL) = (removed_at IS NOT NULL))),
  constraint notification_subscription_check1 CHECK (((sealed IS NULL) = (secret_key_id IS NULL)))
);
create INDEX notification_subscription_organization ON public.notification_subscription USING btree (organization) WHERE (removed_at IS NULL);

create table plan_receipt (
  id uuid not null,
  plan text not null,
  incentive text not null,
  organization text not null,
  amount_minor bigint not null,
  currency text not null,
  received_on date not null,
  note text,
  recorded_by text not null,
  recorded_at timestamp with time zone not null default now(),
  constraint plan_receipt_pkey PRIMARY KEY (id),
  constraint plan_receipt_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text))
);
create INDEX plan_receipt_plan ON public.plan_receipt USING btree (plan, incentive);

create table poll_cursor (
  instance_id uuid not null,
  flow text not null,
  value json,
  run_id uuid not null,
  moved_at timestamp with time zone not null default now(),
  constraint poll_cursor_pkey PRIMARY KEY (instance_id, flow),
  constraint poll_cursor_instance_id_fkey FOREIGN KEY (instance_id) REFERENCES instance(id)
);

create table reconciliation (
  id uuid not null,
  integration text not null,
  organization text not null,
  platform text not null,
  kind text not null,
  from_day date not null,
  until_day date not null,
  handed_in_at timestamp with time zone not null,
  handed_in_by text not null,
  theirs bigint not null,
  ours bigint not null,
  agreed bigint not null,
  differing bigint not null,
  uncertain bigint not null,
  constraint reconciliation_pkey PRIMARY KEY (id),
  constraint reconciliation_check CHECK ((until_day >= from_day)),
  constraint reconciliation_kind_check CHECK ((kind = ANY (ARRAY['calls'::text, 'webhooks'::text])))
);
create INDEX reconciliation_newest ON public.reconciliation USING btree (integration, handed_in_at DESC);

create table reconciliation_difference (
  reconciliation_id uuid not null,
  number integer not null,
  day date not null,
  operation text not null,
  status integer,
  key text,
  theirs bigint not null,
  ours bigint not null,
  says text not null,
  constraint reconciliation_difference_pkey PRIMARY KEY (reconciliation_id, number),
  constraint reconciliation_difference_reconciliation_id_fkey FOREIGN KEY (reconciliation_id) REFERENCES reconciliation(id) ON DELETE CASCADE
);

create table refused_delivery (
  id uuid not null,
  source text not null,
  instance_key text,
  reason text not null,
  detail text not null,
  remote_address text,
  content_type text,
  headers jsonb not null,
  body_bytes integer not null,
  body_sha256 bytea not null,
  refused_at timestamp with time zone not null,
  constraint refused_delivery_pkey PRIMARY KEY (id)
);
create INDEX refused_delivery_source ON public.refused_delivery USING btree (source, id);

create table run (
  id uuid not null,
  instance_id uuid not null,
  revision integer not null,
  integration text not null,
  version text not null,
  flow text not null,
  origin_id uuid not null,
  delivery_id uuid,
  lane text not null,
  state text not null,
  job_id uuid,
  attempt integer not null default 0,
  failures integer not null default 0,
  priority integer not null default 0,
  claimed_at timestamp with time zone,
  claimed_by text,
  due_at timestamp with time zone,
  wait_reason text,
  failure jsonb,
  fingerprint text,
  replay_of uuid,
  received_at timestamp with time zone not null,
  occurred_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  parked_at timestamp with time zone,
  was_parked boolean not null default false,
  constraint run_pkey PRIMARY KEY (id),
  constraint run_check CHECK (((state = 'queued'::text) = (job_id IS NOT NULL))),
  constraint run_check1 CHECK (((state = ANY (ARRAY['parked'::text, 'blocked'::text])) = (parked_at IS NOT NULL))),
  constraint run_check2 CHECK (((parked_at IS NULL) OR (failure IS NOT NULL))),
  constraint run_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'queued'::text, 'parked'::text, 'blocked'::text])))
);
create INDEX run_behind_circuit ON public.run USING btree (((failure ->> 'waitsFor'::text)), ((failure ->> 'connectionId'::text)), due_at) WHERE (wait_reason = 'partner-down'::text);
create INDEX run_delivery ON public.run USING btree (delivery_id);
create INDEX run_instance ON public.run USING btree (instance_id, id);
create INDEX run_lane ON public.run USING btree (lane, id) WHERE (state <> 'parked'::text);
create INDEX run_parked ON public.run USING btree (fingerprint, id) WHERE (state = ANY (ARRAY['parked'::text, 'blocked'::text]));
create INDEX run_waits_for ON public.run USING btree (((failure ->> 'waitsFor'::text)), priority DESC, id) WHERE (wait_reason IS NOT NULL);
create INDEX run_waits_on_connection ON public.run USING btree (((failure ->> 'connectionId'::text))) WHERE (wait_reason IS NOT NULL);

create table run_outcome (
  id bigint not null generated always as identity,
  run_id uuid not null,
  instance_id uuid not null,
  integration text not null,
  flow text not null,
  outcome text not null,
  failure_kind text,
  platform text,
  status integer,
  counted_before boolean not null,
  received_at timestamp with time zone not null,
  occurred_at timestamp with time zone,
  ended_at timestamp with time zone not null default now(),
  delivery_id uuid,
  constraint run_outcome_pkey PRIMARY KEY (id),
  constraint run_outcome_outcome_check CHECK ((outcome = ANY (ARRAY['succeeded'::text, 'skipped'::text, 'parked'::text])))
);

create table run_step (
  run_id uuid not null,
  name text not null,
  kind text not null,
  result json,
  wake_at timestamp with time zone,
  duration_ms integer,
  recorded_at timestamp with time zone not null default now(),
  constraint run_step_pkey PRIMARY KEY (run_id, name),
  constraint run_step_kind_check CHECK ((kind = ANY (ARRAY['step'::text, 'sleep'::text])))
) partition by range (run_id);

create table service_level_alert (
  id uuid not null,
  integration text not null,
  subject text not null,
  severity text not null,
  state text not null,
  started_at timestamp with time zone not null,
  seen_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  ended_because text,
  evidence jsonb not null,
  constraint service_level_alert_pkey PRIMARY KEY (id),
  constraint service_level_alert_check CHECK ((((state = 'ended'::text) = (ended_at IS NOT NULL)) AND ((ended_at IS NULL) = (ended_because IS NULL)))),
  constraint service_level_alert_ended_because_check CHECK ((ended_because = ANY (ARRAY['recovered'::text, 'no-data'::text, 'withdrawn'::text]))),
  constraint service_level_alert_severity_check CHECK ((severity = ANY (ARRAY['page'::text, 'ticket'::text]))),
  constraint service_level_alert_state_check CHECK ((state = ANY (ARRAY['firing'::text, 'insufficient-data'::text, 'ended'::text])))
);
create INDEX service_level_alert_newest ON public.service_level_alert USING btree (integration, started_at DESC);
create UNIQUE INDEX service_level_alert_open ON public.service_level_alert USING btree (integration, subject) WHERE (ended_at IS NULL);

create table service_level_alert_party (
  alert_id uuid not null,
  organization text not null,
  called boolean not null,
  level integer not null default 0,
  escalate_at timestamp with time zone,
  acknowledged_at timestamp with time zone,
  acknowledged_by text,
  note text,
  constraint service_level_alert_party_pkey PRIMARY KEY (alert_id, organization),
  constraint service_level_alert_party_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES service_level_alert(id),
  constraint service_level_alert_party_acknowledged_by_check CHECK ((acknowledged_by ~~ '%/%'::text)),
  constraint service_level_alert_party_check CHECK (((acknowledged_at IS NULL) = (acknowledged_by IS NULL))),
  constraint service_level_alert_party_check1 CHECK (((acknowledged_at IS NULL) OR (escalate_at IS NULL)))
);

create table service_level_alert_test (
  integration text not null,
  tested_at timestamp with time zone not null,
  outcome text not null,
  detail text,
  constraint service_level_alert_test_pkey PRIMARY KEY (integration),
  constraint service_level_alert_test_outcome_check CHECK ((outcome = ANY (ARRAY['raised'::text, 'not-raised'::text, 'nobody-to-call'::text])))
);

create table service_level_cursor (
  id boolean not null default true,
  calls_until timestamp with time zone not null,
  counted_at timestamp with time zone not null,
  constraint service_level_cursor_pkey PRIMARY KEY (id),
  constraint service_level_cursor_id_check CHECK (id)
);

create table service_level_day (
  integration text not null,
  day date not null,
  instance_id uuid not null,
  flow text not null,
  measure text not null,
  platform text not null,
  mark text not null,
  events bigint not null,
  example_id uuid,
  constraint service_level_day_pkey PRIMARY KEY (integration, day, instance_id, flow, measure, platform, mark),
  constraint service_level_day_events_check CHECK ((events > 0)),
  constraint service_level_day_measure_check CHECK ((measure = ANY (ARRAY['run'::text, 'call'::text, 'handling'::text, 'lag'::text, 'call-time'::text, 'record'::text])))
);
create INDEX service_level_day_day ON public.service_level_day USING brin (day);

create table service_level_slot (
  integration text not null,
  slot timestamp with time zone not null,
  flow text not null,
  measure text not null,
  platform text not null,
  mark text not null,
  events bigint not null,
  example_id uuid,
  constraint service_level_slot_pkey PRIMARY KEY (integration, slot, flow, measure, platform, mark),
  constraint service_level_slot_events_check CHECK ((events > 0)),
  constraint service_level_slot_measure_check CHECK ((measure = ANY (ARRAY['run'::text, 'call'::text, 'handling'::text, 'lag'::text, 'call-time'::text])))
);
create INDEX service_level_slot_slot ON public.service_level_slot USING btree (slot);

create table stage_admission (
  id uuid not null,
  integration text not null,
  position integer not null,
  from_stage text,
  stage text not null,
  how text not null,
  signed_by text[] not null default '{}'::text[],
  reason text,
  waived text[] not null default '{}'::text[],
  admitted_at timestamp with time zone not null default now(),
  wound_down text[] not null default '{}'::text[],
  constraint stage_admission_integration_position_key UNIQUE (integration, "position"),
  constraint stage_admission_pkey PRIMARY KEY (id),
  constraint stage_admission_check CHECK ((("position" = 1) = (from_stage IS NULL))),
  constraint stage_admission_check1 CHECK (((how = 'gate'::text) OR (("position" = 1) AND (cardinality(signed_by) >= 2) AND (reason IS NOT NULL)))),
  constraint stage_admission_how_check CHECK ((how = ANY (ARRAY['gate'::text, 'adopted'::text]))),
  constraint stage_admission_position_check CHECK (("position" > 0)),
  constraint stage_admission_stage_check CHECK ((stage = ANY (ARRAY['proposed'::text, 'experimental'::text, 'pilot'::text, 'beta'::text, 'ga'::text, 'deprecated'::text, 'sunset'::text, 'retired'::text])))
);

create table sweep (
  run_id uuid not null,
  instance_id uuid not null,
  flow text not null,
  since timestamp with time zone not null,
  swept_at timestamp with time zone not null default now(),
  listed integer not null,
  missed integer not null,
  examples jsonb not null default '[]'::jsonb,
  constraint sweep_pkey PRIMARY KEY (run_id),
  constraint sweep_instance_id_fkey FOREIGN KEY (instance_id) REFERENCES instance(id) ON DELETE CASCADE,
  constraint sweep_check CHECK (((missed >= 0) AND (missed <= listed))),
  constraint sweep_listed_check CHECK ((listed >= 0))
);
create INDEX sweep_instance ON public.sweep USING btree (instance_id, flow, swept_at DESC);
create INDEX sweep_swept_at ON public.sweep USING btree (swept_at DESC);

create table waiver_signature (
  id uuid not null,
  integration text not null,
  digest text not null,
  check_id text not null,
  person text not null,
  signed_at timestamp with time zone not null default now(),
  constraint waiver_signature_integration_digest_person_key UNIQUE (integration, digest, person),
  constraint waiver_signature_pkey PRIMARY KEY (id),
  constraint waiver_signature_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
  constraint waiver_signature_person_check CHECK ((person ~~ '%/%'::text))
);

create table webhook_secret (
  id uuid not null,
  source text not null,
  sealed text not null,
  secret_key_id text not null,
  expires_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  changed_at timestamp with time zone not null default clock_timestamp(),
  constraint webhook_secret_pkey PRIMARY KEY (id)
);
create INDEX webhook_secret_changed ON public.webhook_secret USING btree (changed_at);
create INDEX webhook_secret_secret_key ON public.webhook_secret USING btree (secret_key_id);
create INDEX webhook_secret_source ON public.webhook_secret USING btree (source);

create table work_hours (
  id uuid not null,
  organization text not null,
  plan text,
  integration text,
  activity text not null,
  sourcing text not null,
  hours numeric(8,2) not null,
  worked_on date not null,
  change text,
  incident text,
  person text,
  note text,
  import_key text,
  recorded_by text not null,
  recorded_at timestamp with time zone not null default now(),
  constraint work_hours_import_key_key UNIQUE (import_key),
  constraint work_hours_pkey PRIMARY KEY (id),
  constraint work_hours_activity_check CHECK ((activity = ANY (ARRAY['build'::text, 'maintenance'::text, 'operation'::text, 'support'::text, 'selling'::text, 'incident'::text, 'question'::text]))),
  constraint work_hours_check CHECK ((num_nonnulls(plan, integration) >= 1)),
  constraint work_hours_hours_check CHECK (((hours <> (0)::numeric) AND (abs(hours) <= (1000)::numeric))),
  constraint work_hours_import_key_check CHECK ((import_key ~ '^[0-9a-f]{64}$'::text)),
  constraint work_hours_sourcing_check CHECK ((sourcing = ANY (ARRAY['internal'::text, 'outsourced'::text])))
);
create INDEX work_hours_integration ON public.work_hours USING btree (integration, worked_on);
create INDEX work_hours_plan ON public.work_hours USING btree (plan, worked_on);

CREATE OR REPLACE FUNCTION public.guard_admission()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform hold_stage(new.integration);
  if new.stage in ('proposed', 'experimental', 'pilot') and exists (
    select from instance where integration = new.integration and paying and state <> 'removed') then
    raise exception '% can''t be in %: customers pay for it', new.integration, new.stage
      using errcode = 'BK001', hint = 'Leave it where it is, or wind it down: deprecated, sunset, retired.';
  end if;
  if new.stage = 'retired' and exists (
    select from instance where integration = new.integration and paying and state <> 'removed'
      and (new.from_stage is distinct from 'sunset' or not id::text = any (new.wound_down))) then
    raise exception '% can''t be retired: customers pay for it whom no wind-down plan has moved', new.integration
      using errcode = 'BK001', hint = 'Carry out spec.windDown: each paying instance with migratedOn.';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.guard_binding()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  admitted text;
  binds boolean := tg_op = 'INSERT' or old.state = 'removed' or new.integration <> old.integration;
  begins_to_pay boolean := new.paying and (binds or not old.paying);
begin
  perform hold_stage(new.integration);
  select stage into admitted from stage_admission where integration = new.integration order by position desc limit 1;
  -- What no gate has seen is an experiment at most.
  admitted := coalesce(admitted, 'experimental');
  if begins_to_pay and admitted not in ('beta', 'ga') then
    raise exception '% is %: no customer may pay for it', new.integration, admitted
      using errcode = 'BK001', hint = 'Take it through the gate to beta, or have both sides adopt it.';
  end if;
  if binds and admitted in ('deprecated', 'sunset', 'retired') or new.state = 'active' and admitted = 'retired' then
    raise exception '% is %: no customer is bound to it', new.integration, admitted
      using errcode = 'BK001', hint = 'Offer the successor named in its wind-down plan.';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.hold_stage(name text)
 RETURNS void
 LANGUAGE sql
AS $function$
  select pg_advisory_xact_lock(hashtextextended('bridgekeeper stage of ' || name, 0))
$function$;

CREATE OR REPLACE FUNCTION public.hold_what_is_retired()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  update instance set state = 'paused', changed_at = now() where integration = new.integration and state = 'active';
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.keep_for_ever()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% rows are never changed: add another', tg_table_name;
end $function$;

CREATE OR REPLACE FUNCTION public.remember_revenue()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'UPDATE' and (old.paying, old.state = 'removed', old.revenue_per_month_minor, old.revenue_currency)
    is not distinct from (new.paying, new.state = 'removed', new.revenue_per_month_minor, new.revenue_currency) then
    return new;
  end if;
  insert into instance_revenue (instance_id, since, paying, revenue_per_month_minor, currency)
  values (new.id, now(), new.paying and new.state <> 'removed', new.revenue_per_month_minor, new.revenue_currency)
  -- Several changes of one transaction are one change.
  on conflict (instance_id, since) do update
    set paying = excluded.paying, revenue_per_month_minor = excluded.revenue_per_month_minor, currency = excluded.currency;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.stamp_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.changed_at := clock_timestamp();
  return new;
end $function$;
