-- Channels keeps no table of its own yet: its database has the platform's (outbox, inbox, audit, keys).
select 1;
