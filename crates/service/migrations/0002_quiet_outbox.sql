-- The hint to the relay no longer travels with the commit that fills the outbox: Postgres lets only one transaction of
-- the whole server with a notification commit at a time, so that every command waited for every other one's fsync.
-- The relay is told within its process; a relay that stands by passes the word on in a transaction of its own.
drop trigger outbox_notify on outbox;
drop function outbox_notify();
