-- What channels were told of: new services, new prices, new durations.

-- A price that a channel may be told of has a name.
alter table price add change_id uuid not null default gen_random_uuid();
create unique index price_change on price (change_id);

create table channel_notice (
    notice_id       uuid primary key,
    connection_id   uuid        not null,
    service_id      uuid        not null,
    kind            text        not null constraint channel_notice_kind check (kind in ('SERVICE', 'PRICE', 'DURATION')),
    state           text        not null constraint channel_notice_state
        check (state in ('TOLD', 'IN_FORCE', 'SUPERSEDED', 'WITHDRAWN')),
    price_id        bigint      not null,
    amount          bigint      not null,
    currency        text        not null,
    minutes         int         not null,
    before_price    bigint,
    before_amount   bigint,
    before_currency text,
    before_minutes  int,
    sent_at         timestamptz not null,
    -- When it came into its last state.
    closed_at       timestamptz,
    -- When the channel was asked again; when Careway's support was.
    reminded_at     timestamptz,
    escalated_at    timestamptz,
    foreign key (connection_id, service_id) references connection_item,
    constraint channel_notice_closed check ((state = 'TOLD') = (closed_at is null))
);
-- A change has one notice, and a service one that waits.
create unique index channel_notice_price on channel_notice (connection_id, price_id) where kind = 'PRICE';
create unique index channel_notice_service on channel_notice (connection_id, service_id)
    where kind = 'SERVICE' and state = 'TOLD';
create index channel_notice_newest on channel_notice (connection_id, notice_id desc);
create index channel_notice_waiting on channel_notice (sent_at) where state = 'TOLD';
alter table channel_notice enable row level security;
alter table channel_notice force row level security;
create policy channel_notice_sides on channel_notice
    using (caller_is_system() or exists (select from connection c where c.connection_id = channel_notice.connection_id))
    with check (caller_is_system()
        or exists (select from connection c where c.connection_id = channel_notice.connection_id));
grant select, insert, update on channel_notice to channels_app;

alter table connection_mail drop constraint connection_mail_kind;
alter table connection_mail add constraint connection_mail_kind
    check (kind in ('INTENT', 'TOLD', 'CHANGED', 'NOTICE', 'REMINDER', 'OVERDUE'));

-- What a connection's services are called, for whoever sees the connection; the rows themselves are the provider's.
create policy connection_item_doors on connection_item for select to current_user using (true);
create view connection_service with (security_barrier) as
select i.connection_id, i.service_id, s.name
from connection_item i join connection c using (connection_id) join service s using (service_id)
where caller_is_system() or caller_kind() = 'PLATFORM'
   or c.provider_id = caller_organization() or c.channel_id = caller_organization();
grant select on connection_service to channels_app;
