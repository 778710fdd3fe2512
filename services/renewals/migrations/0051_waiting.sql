-- Since when a message waits, however often it is put off: from its making, or from the end of the time it was held.
alter table message add column waits_since timestamptz;
-- What people write is kept for 90 days.
create index inbound_sms_old on inbound_sms (received_at);
