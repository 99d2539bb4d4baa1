-- What was accepted and is not routed yet, a row per commit. Routing takes it under its lock and deletes it in the same transaction: no lease,
-- no retry, so none of what a job of the queue engine costs.
create table delivery_batch (
  id uuid primary key,
  delivery_ids uuid[] not null
);

do $$
begin
  if to_regclass('pgboss.job') is not null then
    insert into delivery_batch (id, delivery_ids)
      select id, array(select jsonb_array_elements_text(data -> 'deliveryIds')::uuid) from pgboss.job where name = 'route';
    perform pgboss.delete_queue('route');
  end if;
end $$;
