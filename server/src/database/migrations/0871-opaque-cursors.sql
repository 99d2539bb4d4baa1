-- A cursor is the partner's, and given back as it was said: json keeps the null characters and halves of pairs that jsonb refuses.
alter table poll_cursor alter column value type json using value::json;
