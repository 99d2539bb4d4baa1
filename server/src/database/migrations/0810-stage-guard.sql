-- The gates below every program: an older version, another process or a statement typed by hand meets them too.
-- Programs ask first and say it in better words; what gets here is refused with SQLSTATE BK001.

-- Instances of paying customers that a wind-down plan has moved elsewhere; only the way to retired names any.
alter table stage_admission add column wound_down text[] not null default '{}';

-- Until the transaction ends nobody else binds a customer to this integration or moves its stage, so that of a binding and a
-- retirement at the same time exactly one wins. Before any lock on a row of instance, or two binders wait for each other.
create function hold_stage(name text) returns void language sql as $$
  select pg_advisory_xact_lock(hashtextextended('bridgekeeper stage of ' || name, 0))
$$;

create function guard_binding() returns trigger language plpgsql as $$
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
end $$;
create trigger instance_guarded before insert on instance for each row
  when (new.state <> 'removed') execute function guard_binding();
create trigger instance_change_guarded before update of integration, paying, state on instance for each row
  when (new.state <> 'removed' and (old.state = 'removed' or new.integration <> old.integration
    or (new.paying and not old.paying) or (new.state = 'active' and old.state <> 'active')))
  execute function guard_binding();

create function guard_admission() returns trigger language plpgsql as $$
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
end $$;
create trigger stage_admission_guarded before insert on stage_admission for each row execute function guard_admission();

-- What is retired does nothing any more: what is left of it is held, not done. In the transaction that retires it, so that no process goes on.
create function hold_what_is_retired() returns trigger language plpgsql as $$
begin
  update instance set state = 'paused', changed_at = now() where integration = new.integration and state = 'active';
  return null;
end $$;
create trigger stage_admission_holds after insert on stage_admission for each row
  when (new.stage = 'retired') execute function hold_what_is_retired();
