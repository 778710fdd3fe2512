-- When routes were down, as the process saw it that held them.
create table route_outage (
    route_outage_id uuid primary key,
    route      text        not null,
    down_since timestamptz not null,
    told_at    timestamptz,
    ended_at   timestamptz
);
create unique index route_outage_open on route_outage (route) where ended_at is null;
alter table route_outage enable row level security;
alter table route_outage force row level security;
create policy route_outage_system on route_outage using (caller_is_system()) with check (caller_is_system());
create policy route_outage_operator on route_outage for select using (caller_kind() = 'PLATFORM');
grant select, insert, update, delete on route_outage to renewals_app;
