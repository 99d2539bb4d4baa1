-- A removed instance keeps its history and frees its name: of those that are there, one has it.
alter table instance drop constraint instance_integration_customer_name_key;
create unique index instance_name on instance (integration, customer, name) where state <> 'removed';
