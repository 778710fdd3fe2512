-- How a channel's system answered of late, for each connection that sells.
create table connection_pulse (
    connection_id uuid primary key references connection,
    -- In a row.
    failures      int         not null,
    successes     int         not null,
    asked_at      timestamptz not null
);
alter table connection_pulse enable row level security;
alter table connection_pulse force row level security;
create policy connection_pulse_system on connection_pulse
    using (caller_is_system()) with check (caller_is_system());
grant select, insert, update on connection_pulse to channels_app;
