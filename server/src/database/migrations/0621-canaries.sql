-- An instance that belongs to no customer: canaries cross it. Nothing on it is billed, counted for service levels or taken for a customer.
alter table instance
  add column synthetic boolean not null default false,
  add constraint instance_synthetic_pays_nothing check (not (synthetic and (paying or revenue_per_month_minor is not null)));

-- When each canary is sent next. The lease keeps two processes from sending the same one; it runs out when its holder dies.
create table canary_schedule (
  integration text not null,
  scenario text not null,
  next_at timestamptz not null default now(),
  leased_until timestamptz,
  primary key (integration, scenario)
);
