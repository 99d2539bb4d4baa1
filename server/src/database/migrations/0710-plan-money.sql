-- What customers paid, from when to when: the instance itself knows only what they pay now. A trigger writes it, so that no way of
-- changing an instance can forget it. Currency null: it pays, and nobody has told how much.
create table instance_revenue (
  instance_id uuid not null references instance (id) on delete cascade,
  since timestamptz not null,
  paying boolean not null,
  revenue_per_month_minor bigint check (revenue_per_month_minor >= 0),
  currency text check (currency ~ '^[A-Z]{3}$'),
  primary key (instance_id, since),
  check ((revenue_per_month_minor is null) = (currency is null))
);

create function remember_revenue() returns trigger language plpgsql as $$
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
end $$;
create trigger instance_revenue_kept after insert or update on instance for each row execute function remember_revenue();

-- Of what came before nothing is known but its end.
insert into instance_revenue (instance_id, since, paying, revenue_per_month_minor, currency)
select id, created_at, paying and state <> 'removed', revenue_per_month_minor, revenue_currency from instance;

-- What an incentive of a plan really brought. Rows are added, never changed: a mistake is corrected by a row of a negative amount.
create table plan_receipt (
  id uuid primary key,
  plan text not null,
  -- Its id in the plan's file.
  incentive text not null,
  -- Who received it. It is this organization's own business: nobody else's key sees its rows.
  organization text not null,
  -- 0: somebody has looked, and nothing came.
  amount_minor bigint not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  received_on date not null,
  note text,
  recorded_by text not null,
  recorded_at timestamptz not null default now()
);
create index plan_receipt_plan on plan_receipt (plan, incentive);
create trigger plan_receipt_kept before update or delete on plan_receipt for each row execute function keep_for_ever();
