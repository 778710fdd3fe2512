-- Providers' connections with channels, what was done with them, and the mails they give rise to.
create table connection (
    connection_id   uuid primary key,
    provider_id     uuid        not null,
    channel_id      uuid        not null,
    state           text        not null constraint connection_state check (state in ('DRAFT', 'INTENT_DECLARED',
        'ACTIVATED', 'CONSENTED', 'SET_UP', 'TESTING', 'LIVE', 'SUSPENDED', 'ENDED')),
    causes          text[]      not null,
    end_cause       text,
    intent          text constraint connection_intent check (intent in ('WAITING', 'ACCEPTED', 'FAILED')),
    consent_version int references consent,
    health_url        text,
    endpoint_answered boolean   not null,
    contacts        jsonb,
    revision        bigint      not null,
    version         bigint      not null,
    created_at      timestamptz not null,
    constraint connection_suspended check ((state = 'SUSPENDED') = (cardinality(causes) > 0)),
    constraint connection_ended check ((state = 'ENDED') = (end_cause is not null))
);
-- A provider has one connection with a channel at a time.
create unique index connection_open on connection (provider_id, channel_id) where state <> 'ENDED';
create index connection_provider on connection (provider_id, connection_id desc);
create index connection_channel on connection (channel_id, connection_id desc);

create table connection_item (
    connection_id uuid    not null references connection,
    service_id    uuid    not null references service,
    ticked        boolean not null,
    state         text    not null constraint connection_item_state
        check (state in ('UNPUBLISHED', 'NOTIFIED', 'PUBLISHED', 'WITHDRAWN')),
    code          text,
    system_knows  boolean not null,
    channel_knows boolean not null,
    primary key (connection_id, service_id)
);
create index connection_item_service on connection_item (service_id);

create table joint_test (
    test_id            uuid primary key,
    connection_id      uuid        not null references connection,
    meeting_at         timestamptz not null,
    of_provider        text        not null,
    of_channel         text        not null,
    revision           bigint      not null,
    green              text[]      not null,
    provider_signed_by text,
    provider_signed_at timestamptz,
    channel_signed_by  text,
    channel_signed_at  timestamptz
);
create index joint_test_newest on joint_test (connection_id, test_id desc);

-- Append-only: who did what, when, and what was asked for it.
create table connection_step (
    step_id       uuid primary key,
    connection_id uuid        not null references connection,
    step          text        not null,
    by            text        not null,
    at            timestamptz not null,
    state         text        not null,
    detail        text        not null
);
create index connection_step_newest on connection_step (connection_id, step_id desc);

-- Append-only: which text was accepted, by whom, from where.
create table connection_consent (
    connection_id   uuid        not null references connection,
    consent_version int         not null,
    language        text        not null,
    text_hash       text        not null,
    accepted_by     uuid        not null,
    accepted_at     timestamptz not null,
    address         inet,
    primary key (connection_id, consent_version),
    foreign key (consent_version, language) references consent_text (consent_version, language)
);

create table connection_mail (
    mail_id       uuid primary key,
    connection_id uuid        not null references connection,
    kind          text        not null constraint connection_mail_kind check (kind in ('INTENT', 'TOLD', 'CHANGED')),
    -- What it says beside the names of the two: a state.
    state         text        not null,
    -- What renewals calls it, once renewals has it.
    message_id    uuid unique,
    made_at       timestamptz not null
);
create index connection_mail_waiting on connection_mail (mail_id) where message_id is null;

alter table connection enable row level security;
alter table connection force row level security;
create policy connection_platform on connection using (caller_kind() = 'PLATFORM')
    with check (caller_kind() = 'PLATFORM');
create policy connection_sides on connection
    using (caller_is_system() or provider_id = caller_organization() or channel_id = caller_organization())
    with check (caller_is_system() or provider_id = caller_organization() or channel_id = caller_organization());
-- The rows of a connection are its sides': whoever sees it sees them.
do $$
declare part text;
begin
    foreach part in array array['connection_item', 'joint_test', 'connection_step', 'connection_consent',
        'connection_mail']
    loop
        execute format('alter table %I enable row level security', part);
        execute format('alter table %I force row level security', part);
        execute format('create policy %I on %I using (caller_is_system()
            or exists (select from connection c where c.connection_id = %I.connection_id))
            with check (caller_is_system()
            or exists (select from connection c where c.connection_id = %I.connection_id))',
            part || '_sides', part, part, part);
    end loop;
end $$;
grant select, insert, update on connection, connection_item, joint_test, connection_mail to channels_app;
grant select, insert on connection_step, connection_consent to channels_app;

-- What a connection's provider offers, for whoever sees the connection: a channel judges by it without seeing the rows
-- themselves. A view runs as its owner, whom these policies let read; the barrier keeps other predicates from being tried
-- on rows that are not the caller's.
create policy connection_doors on connection for select to current_user using (true);
create policy service_doors on service for select to current_user using (true);
create policy service_need_doors on service_need for select to current_user using (true);
create policy resource_doors on resource for select to current_user using (true);
create policy price_doors on price for select to current_user using (true);
create view connection_offer with (security_barrier) as
select c.connection_id, s.service_id,
    coalesce((select bool_and(need.open) from (
        select bool_or(r.opens and r.deleted_at is null) as open
        from service_need n join resource r on r.resource_id = n.resource_id
        where n.service_id = s.service_id group by n.need) need), false) as calendar,
    coalesce((select p.minor is not null from price p
        where p.service_id = s.service_id and p.channel_id = c.channel_id
        order by p.price_id desc limit 1), false) as price
from connection c join service s on s.provider_id = c.provider_id and s.deleted_at is null
where caller_is_system() or caller_kind() = 'PLATFORM'
   or c.provider_id = caller_organization() or c.channel_id = caller_organization();
grant select on connection_offer to channels_app;

-- What became of messages in this context's templates: the word may come before renewals' answer was kept.
create table message_outcome (
    message_id uuid primary key,
    accepted   boolean     not null,
    at         timestamptz not null
);
alter table message_outcome enable row level security;
alter table message_outcome force row level security;
create policy message_outcome_system on message_outcome using (caller_is_system()) with check (caller_is_system());
grant select, insert on message_outcome to channels_app;

-- Careway's support changes connections too: what it does is a fact of the provider and the channel, not of Careway.
create policy outbox_support on outbox for insert with check (caller_is_platform());
