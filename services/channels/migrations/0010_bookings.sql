-- What is taken of a provider's resources, and by whom: channels' holds and bookings.
alter table service
    add column confirmed_by_provider boolean not null default false,
    -- Until so many minutes before it a channel cancels or moves a booking.
    add column cancellation_minutes  int     not null default 0;

create table hold (
    hold_id          uuid primary key,
    connection_id    uuid        not null references connection,
    provider_id      uuid        not null,
    channel_id       uuid        not null,
    service_id       uuid        not null references service,
    resource_ids     uuid[]      not null,
    starts_at        timestamptz not null,
    duration_minutes int         not null,
    state            text        not null constraint hold_state check (state in ('OPEN', 'RELEASED', 'USED')),
    until            timestamptz not null,
    created_at       timestamptz not null
);
create index hold_open on hold (connection_id, until) where state = 'OPEN';
create index hold_provider on hold (provider_id, starts_at) where state = 'OPEN';
create index hold_over on hold (until);

create table booking (
    booking_id           uuid primary key,
    connection_id        uuid        not null references connection,
    provider_id          uuid        not null,
    channel_id           uuid        not null,
    service_id           uuid        not null references service,
    resource_ids         uuid[]      not null,
    starts_at            timestamptz not null,
    duration_minutes     int         not null,
    ends_at              timestamptz not null,
    -- What the provider's clock was to read then, by the rules of its zone at the time.
    local_start          timestamp   not null,
    zone                 text        not null,
    state                text        not null constraint booking_state
        check (state in ('PENDING', 'BOOKED', 'DECLINED', 'CANCELLED', 'NO_SHOW', 'FULFILLED')),
    currency             text        not null,
    minor                bigint      not null,
    cancellation_minutes int         not null,
    confirm_by           timestamptz,
    ended_by             text constraint booking_ended_by check (ended_by in ('PROVIDER', 'CHANNEL', 'CAREWAY')),
    external_id          text        not null,
    -- Patient and note, and why it ended; null once they are erased.
    patient              bytea,
    reason               bytea,
    version              bigint      not null,
    created_at           timestamptz not null,
    constraint booking_pending check ((state = 'PENDING') = (confirm_by is not null))
);
create index booking_provider on booking (provider_id, booking_id desc);
create index booking_channel on booking (channel_id, booking_id desc);
create index booking_times on booking (provider_id, ends_at) where state in ('PENDING', 'BOOKED');
create index booking_unconfirmed on booking (confirm_by) where state = 'PENDING';
create index booking_unerased on booking (ends_at) where patient is not null or reason is not null;

-- A lane is one of a resource's places, from 0 on. Nobody books twice: two rows of one lane never overlap.
create table occupation (
    occupation_id bigint generated always as identity primary key,
    provider_id   uuid      not null,
    resource_id   uuid      not null,
    lane          smallint  not null,
    -- With what is kept free before and after.
    span          tstzrange not null,
    -- Row-level security lets an index compare instants, and no ranges.
    starts        timestamptz not null generated always as (lower(span)) stored,
    hold_id       uuid,
    booking_id    uuid,
    -- When a hold's is over; null for a booking's.
    until         timestamptz,
    constraint occupation_owner check (num_nonnulls(hold_id, booking_id) = 1 and (hold_id is null) = (until is null)),
    constraint occupation_free exclude using gist (resource_id with =, lane with =, span with &&)
);
create index occupation_times on occupation (resource_id, starts);
create index occupation_hold on occupation (hold_id) where hold_id is not null;
create index occupation_booking on occupation (booking_id) where booking_id is not null;
create index occupation_over on occupation (until) where until is not null;

do $$
declare part text;
begin
    foreach part in array array['hold', 'booking', 'occupation']
    loop
        execute format('alter table %I enable row level security', part);
        execute format('alter table %I force row level security', part);
    end loop;
end $$;
create policy hold_sides on hold
    using (caller_is_system() or provider_id = caller_organization() or channel_id = caller_organization())
    with check (caller_is_system() or provider_id = caller_organization() or channel_id = caller_organization());
create policy booking_sides on booking
    using (caller_is_system() or provider_id = caller_organization() or channel_id = caller_organization())
    with check (caller_is_system() or provider_id = caller_organization() or channel_id = caller_organization());
-- A channel that is connected with the provider sees when it is taken, by whomever: it finds out by asking anyhow. It clears
-- away what is over, and deals lanes anew.
create policy occupation_sides on occupation
    using (caller_is_system() or provider_id = caller_organization()
        or provider_id in (select c.provider_id from connection c where c.channel_id = caller_organization()))
    with check (caller_is_system() or provider_id = caller_organization()
        or provider_id in (select c.provider_id from connection c where c.channel_id = caller_organization()));
grant select, insert, update, delete on hold, occupation to channels_app;
grant select, insert, update on booking to channels_app;

-- What a channel may book of a provider, with all that is needed to judge: seen by its two sides alone.
create policy connection_item_bookable on connection_item for select to current_user using (true);
create view bookable with (security_barrier) as
select c.connection_id, c.provider_id, c.channel_id, c.state as connection_state,
    s.service_id, i.state = 'PUBLISHED' and s.deleted_at is null as published,
    s.duration_minutes, s.step_minutes, s.buffer_before, s.buffer_after,
    s.confirmed_by_provider, s.cancellation_minutes, i.shown_currency, i.shown_amount,
    (select coalesce(jsonb_agg(jsonb_build_object('need', n.need, 'resource_id', n.resource_id,
        'calendar', case when r.deleted_at is null then r.calendar end) order by n.need, n.resource_id), '[]')
     from service_need n join resource r on r.resource_id = n.resource_id
     where n.service_id = s.service_id) as needs,
    array(select distinct n.resource_id from service_need n where n.service_id = s.service_id) as resource_ids
from connection_item i
join connection c on c.connection_id = i.connection_id
join service s on s.service_id = i.service_id
where caller_is_system() or c.provider_id = caller_organization() or c.channel_id = caller_organization();
grant select on bookable to channels_app;
