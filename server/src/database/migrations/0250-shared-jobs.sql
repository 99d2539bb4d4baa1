-- A job of the queue stands for several runs now. The engine installs its schema after the first migration.
do $$
begin
  if to_regclass('pgboss.job') is not null then
    update pgboss.job set data = jsonb_build_object('runIds', jsonb_build_array(data ->> 'runId')) where name = 'run' and data ? 'runId';
  end if;
end
$$;
