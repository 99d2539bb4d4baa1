-- Notifications, the copies of them that were sent, and usage are forgotten after a time. Copies are found by their notification (also by the
-- foreign key when one is removed), days by a summary of each block: rows are added far more often than they are removed.
create index notification_delivery_notification on notification_delivery (notification_id);
create index contract_usage_day on contract_usage using brin (day);
create index notification_told on notification using brin (told_at);
