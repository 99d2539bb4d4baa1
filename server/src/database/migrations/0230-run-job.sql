-- Runs are found by their own id; nothing looks for one by its job, and each arrival paid for the index twice.
drop index run_job;
