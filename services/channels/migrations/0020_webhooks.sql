-- Webhooks: where organizations are told of events, what is sent there, and what became of it.
create table webhook_endpoint (
    endpoint_id     uuid primary key,
    organization_id uuid        not null,
    url             text        not null,
    -- None: all that it may hear.
    types           text[]      not null,
    -- What whoever set it up may read.
    permissions     text[]      not null,
    ordering        text        not null constraint webhook_endpoint_ordering
        check (ordering in ('FIRST_ATTEMPTS', 'STRICT')),
    -- Messages a second; 0 is no bound.
    rate            int         not null,
    signature       text        not null constraint webhook_endpoint_signature check (signature in ('HMAC', 'ED25519')),
    -- Why nothing is sent; null while it is.
    disabled_cause  text constraint webhook_endpoint_disabled_cause
        check (disabled_cause in ('BY_OWNER', 'GONE', 'FAILING')),
    -- It hears nothing that happened before.
    enabled_from    timestamptz not null,
    verified_at     timestamptz,
    -- The first failure since the last success, and how many there were.
    failing_since   timestamptz,
    failures        int         not null default 0,
    version         bigint      not null,
    created_at      timestamptz not null,
    deleted_at      timestamptz,
    constraint webhook_endpoint_failing check ((failing_since is null) = (failures = 0))
);
create index webhook_endpoint_organization on webhook_endpoint (organization_id, endpoint_id) where deleted_at is null;

create table webhook_secret (
    secret_id       uuid primary key,
    endpoint_id     uuid        not null references webhook_endpoint,
    organization_id uuid        not null,
    sealed          bytea       not null,
    -- Of an ED25519 key.
    public_key      text,
    created_at      timestamptz not null,
    -- Null: the one that was made last.
    expires_at      timestamptz
);
create index webhook_secret_endpoint on webhook_secret (endpoint_id, secret_id desc);

-- When an endpoint is next attended to, and by whom it is at this moment: one holder at a time.
create table webhook_turn (
    endpoint_id     uuid primary key references webhook_endpoint,
    organization_id uuid    not null,
    next_due        timestamptz,
    lease           uuid,
    leased_until    timestamptz,
    -- It answered late, or not at all.
    slow            boolean not null default false
);
create index webhook_turn_due on webhook_turn (slow, next_due) where next_due is not null;

-- An event as it is sent: the same bytes to everybody, at every attempt.
create table webhook_message (
    event_id             uuid primary key,
    organization_id      uuid,
    also_organization_id uuid,
    type                 text        not null,
    subject              uuid        not null,
    version              bigint      not null,
    occurred_at          timestamptz not null,
    body                 bytea       not null
);
create index webhook_message_occurred on webhook_message (occurred_at);

create table webhook_delivery (
    endpoint_id     uuid        not null references webhook_endpoint,
    event_id        uuid        not null references webhook_message,
    organization_id uuid        not null,
    -- The event's, for the order of its subject.
    subject         uuid        not null,
    version         bigint      not null,
    occurred_at     timestamptz not null,
    state           text        not null constraint webhook_delivery_state
        check (state in ('PENDING', 'DELIVERED', 'EXHAUSTED', 'CANCELLED')),
    -- All attempts, and those since it was last to be sent anew.
    attempts        int         not null default 0,
    tries           int         not null default 0,
    due_at          timestamptz,
    primary key (endpoint_id, event_id),
    constraint webhook_delivery_due check ((state = 'PENDING') = (due_at is not null))
);
create index webhook_delivery_due_at on webhook_delivery (endpoint_id, due_at) where state = 'PENDING';
create index webhook_delivery_subject on webhook_delivery (endpoint_id, subject, version, event_id)
    where state = 'PENDING';
create index webhook_delivery_newest on webhook_delivery (organization_id, event_id desc, endpoint_id desc);
create index webhook_delivery_event on webhook_delivery (event_id);

-- Append-only, for 30 days.
create table webhook_attempt (
    attempt_id      uuid primary key,
    endpoint_id     uuid        not null references webhook_endpoint,
    event_id        uuid        not null,
    organization_id uuid        not null,
    number          int         not null,
    at              timestamptz not null,
    milliseconds    int         not null,
    status          int,
    failure         text,
    constraint webhook_attempt_end check ((status is null) <> (failure is null))
);
create index webhook_attempt_newest on webhook_attempt (endpoint_id, attempt_id desc);
create index webhook_attempt_at on webhook_attempt (at);

do $$
declare own text;
begin
    foreach own in array array['webhook_endpoint', 'webhook_secret', 'webhook_turn', 'webhook_delivery',
        'webhook_attempt']
    loop
        execute format('alter table %I enable row level security', own);
        execute format('alter table %I force row level security', own);
        execute format('create policy %I on %I using (caller_is_system() or organization_id = caller_organization())
            with check (caller_is_system() or organization_id = caller_organization())', own || '_own', own);
    end loop;
end $$;
alter table webhook_message enable row level security;
alter table webhook_message force row level security;
create policy webhook_message_read on webhook_message for select using (caller_is_system()
    or organization_id = caller_organization() or also_organization_id = caller_organization());
create policy webhook_message_write on webhook_message using (caller_is_system()) with check (caller_is_system());
grant select, insert, update on webhook_endpoint, webhook_turn to channels_app;
grant select, insert, update, delete on webhook_secret, webhook_delivery to channels_app;
grant select, insert, delete on webhook_message, webhook_attempt to channels_app;

-- Whether the channel of a connection has an endpoint that answered a test since its last change, for whoever sees the
-- connection: a provider judges by it without seeing the endpoint.
create policy webhook_endpoint_doors on webhook_endpoint for select to current_user using (true);
create view connection_endpoint with (security_barrier) as
select c.connection_id
from connection c
where (caller_is_system() or caller_kind() = 'PLATFORM'
        or c.provider_id = caller_organization() or c.channel_id = caller_organization())
  and exists (select from webhook_endpoint e where e.organization_id = c.channel_id and e.deleted_at is null
        and e.disabled_cause is null and e.verified_at is not null);
grant select on connection_endpoint to channels_app;
