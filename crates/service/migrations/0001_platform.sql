-- The tables every service's database has: who calls, what was answered, what was said, what was heard, who looked.
-- Run by the database's owner role before the service's own migrations.

-- The caller of the current transaction or read; unset, nobody, who sees nothing.
create function caller_organization() returns uuid language sql stable parallel safe
    return nullif(current_setting('careway.organization', true), '')::uuid;

create function caller_kind() returns text language sql stable parallel safe
    return nullif(current_setting('careway.kind', true), '');

create function caller_is_system() returns boolean language sql stable parallel safe
    return coalesce(current_setting('careway.purpose', true), '') <> '';

create function caller_is_platform() returns boolean language sql stable parallel safe
    return coalesce(current_setting('careway.kind', true), '') = 'PLATFORM';

-- One row per answered Idempotency-Key; the key itself is not kept.
create table idempotency_record (
    key_hash bytea primary key constraint idempotency_key_hash_length check (length(key_hash) = 32),
    organization_id uuid,
    fingerprint bytea not null,
    answer bytea,
    created_at timestamptz not null default now()
);
create index idempotency_record_created on idempotency_record (created_at);
alter table idempotency_record enable row level security;
alter table idempotency_record force row level security;
create policy idempotency_record_parties on idempotency_record
    using (caller_is_system() or organization_id is not distinct from caller_organization())
    with check (caller_is_system() or organization_id is not distinct from caller_organization());

-- Who read or changed a member's data, when, for which visit. Append-only.
create table audit_entry (
    audit_id bigint generated always as identity primary key,
    at timestamptz not null,
    organization_id uuid,
    subject text not null,
    action text not null,
    member_id uuid,
    visit_id uuid,
    detail text,
    trace_id text
);
create index audit_entry_member on audit_entry (member_id, audit_id desc) where member_id is not null;
create index audit_entry_organization on audit_entry (organization_id, audit_id desc);
alter table audit_entry enable row level security;
alter table audit_entry force row level security;
create policy audit_entry_insert on audit_entry for insert
    with check (caller_is_system() or organization_id is not distinct from caller_organization());
create policy audit_entry_select on audit_entry for select
    using (caller_is_system() or organization_id = caller_organization());

-- Facts that are to be published. A row is unpublished until JetStream has acknowledged it. Of the outbox only what is
-- unpublished is ever looked for by its place; no other index has places, so that no plan can walk past everything that
-- was published. Everything else is found by its event. The relay is told within its process: a notification would have
-- every command of the server wait for every other one's commit.
create table outbox (
    id bigint generated always as identity,
    event_id uuid primary key,
    organization_id uuid,
    also_organization uuid,
    aggregate_type text not null,
    aggregate_id uuid not null,
    aggregate_version bigint not null,
    type text not null,
    payload bytea not null,
    traceparent text,
    occurred_at timestamptz not null,
    created_at timestamptz not null default now(),
    published_at timestamptz,
    stream_seq bigint,
    refill int not null default 0,
    attempts int not null default 0,
    last_error text
);
create index outbox_unpublished on outbox (id) where published_at is null;
create index outbox_stream_seq on outbox (stream_seq) where stream_seq is not null;
create index outbox_published_at on outbox (published_at) where published_at is not null;
alter table outbox enable row level security;
alter table outbox force row level security;
create policy outbox_insert on outbox for insert
    with check (caller_is_system() or organization_id is not distinct from caller_organization()
                or also_organization = caller_organization());
create policy outbox_system on outbox using (caller_is_system()) with check (caller_is_system());

-- What was heard already: the row and the reaction's effect are one transaction.
create table inbox (
    consumer text not null,
    event_id uuid not null,
    at timestamptz not null default now(),
    primary key (consumer, event_id)
);
create index inbox_at on inbox (at);
alter table inbox enable row level security;
alter table inbox force row level security;
create policy inbox_system on inbox using (caller_is_system()) with check (caller_is_system());

-- Events that could not be taken after several deliveries, kept for a person to look at and redrive.
create table dead_letter (
    dead_letter_id uuid primary key,
    consumer text not null,
    stream text not null,
    stream_seq bigint not null,
    event_id uuid,
    type text,
    headers jsonb not null default '{}',
    payload bytea not null,
    reason text not null,
    at timestamptz not null default now(),
    redriven_at timestamptz,
    constraint dead_letter_once unique (consumer, stream, stream_seq, event_id)
);
alter table dead_letter enable row level security;
alter table dead_letter force row level security;
create policy dead_letter_system on dead_letter using (caller_is_system()) with check (caller_is_system());

-- The app role is named after the owner: visits_owner's tables are used by visits_app.
do $$
declare app text := replace(current_user, '_owner', '_app');
begin
    execute format('grant usage on schema public to %I', app);
    execute format('grant select, insert, update on idempotency_record to %I', app);
    execute format('grant delete on idempotency_record to %I', app);
    execute format('grant select, insert on audit_entry to %I', app);
    execute format('grant select, insert, update, delete on outbox, inbox, dead_letter to %I', app);
end
$$;
