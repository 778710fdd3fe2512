-- What a provider offers: resources with their calendars, examinations, prices.
create table resource (
    resource_id uuid primary key,
    provider_id uuid        not null,
    kind        text        not null constraint resource_kind check (kind in ('PRACTITIONER', 'ROOM', 'DEVICE')),
    name        text        not null,
    -- The hours as they were set; null before.
    calendar    jsonb,
    -- Whether the calendar opens at any time.
    opens       boolean     not null default false,
    -- Of the calendar.
    version     bigint      not null default 0,
    created_at  timestamptz not null,
    deleted_at  timestamptz
);
create index resource_provider on resource (provider_id, resource_id) where deleted_at is null;

create table service (
    service_id       uuid primary key,
    provider_id      uuid        not null,
    code             text        not null,
    name             text        not null,
    duration_minutes int         not null,
    step_minutes     int         not null,
    buffer_before    int         not null,
    buffer_after     int         not null,
    version          bigint      not null,
    created_at       timestamptz not null,
    deleted_at       timestamptz
);
create unique index service_code on service (provider_id, code) where deleted_at is null;
create index service_provider on service (provider_id, service_id) where deleted_at is null;

create table service_need (
    service_id  uuid     not null references service,
    provider_id uuid     not null,
    need        smallint not null,
    resource_id uuid     not null references resource,
    primary key (service_id, need, resource_id)
);

-- Append-only: the newest row of a service and a list is its price.
create table price (
    price_id    bigint generated always as identity primary key,
    service_id  uuid        not null references service,
    provider_id uuid        not null,
    -- Null: the provider's own list.
    channel_id  uuid,
    currency    text        not null,
    -- Null: there is none any more.
    minor       bigint,
    since       timestamptz not null,
    set_by      text        not null
);
create index price_newest on price (service_id, channel_id, price_id desc);

alter table resource enable row level security;
alter table resource force row level security;
alter table service enable row level security;
alter table service force row level security;
alter table service_need enable row level security;
alter table service_need force row level security;
alter table price enable row level security;
alter table price force row level security;
create policy resource_own on resource
    using (caller_is_system() or provider_id = caller_organization())
    with check (caller_is_system() or provider_id = caller_organization());
create policy service_own on service
    using (caller_is_system() or provider_id = caller_organization())
    with check (caller_is_system() or provider_id = caller_organization());
create policy service_need_own on service_need
    using (caller_is_system() or provider_id = caller_organization())
    with check (caller_is_system() or provider_id = caller_organization());
create policy price_own on price
    using (caller_is_system() or provider_id = caller_organization())
    with check (caller_is_system() or provider_id = caller_organization());
grant select, insert, update on resource, service to channels_app;
grant select, insert, delete on service_need to channels_app;
grant select, insert on price to channels_app;
