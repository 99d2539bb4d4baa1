-- What the company that runs an instance has told of its customer. null: nobody has told, which is neither no nor nothing.
alter table instance
  -- In minor units of the currency.
  add column revenue_per_month_minor bigint check (revenue_per_month_minor >= 0),
  add column revenue_currency text check (revenue_currency ~ '^[A-Z]{3}$'),
  -- Last day of what the customer has paid or signed for.
  add column term_ends_on date,
  -- Belongs to one of the sides.
  add column affiliated boolean,
  add check ((revenue_per_month_minor is null) = (revenue_currency is null));
