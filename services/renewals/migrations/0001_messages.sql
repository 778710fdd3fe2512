-- Every SMS and e-mail of the platform. Recipient and body are sealed; a one-time code's are erased once it is sent.
create table message (
    message_id uuid primary key,
    organization_id uuid,
    dedupe_key text not null constraint message_dedupe_key unique,
    channel text not null constraint message_channel check (channel in ('SMS', 'EMAIL')),
    priority smallint not null constraint message_priority check (priority between 1 and 3),
    template text not null,
    state text not null constraint message_state
        check (state in ('QUEUED', 'SUBMITTED', 'ACCEPTED', 'REJECTED', 'EXPIRED', 'NO_CONTACT', 'UNKNOWN')),
    -- What is sent, once it is known.
    sealed bytea,
    -- What it is about, when recipient and words are found out at sending.
    subject jsonb,
    attempts int not null default 0,
    due_at timestamptz not null,
    expires_at timestamptz,
    submitted_at timestamptz,
    ended_at timestamptz,
    created_at timestamptz not null,
    version bigint not null default 1,
    constraint message_has_content check (sealed is not null or subject is not null or state <> 'QUEUED')
);
create index message_due on message (priority, due_at) where state = 'QUEUED';
create index message_submitted on message (submitted_at) where state = 'SUBMITTED';
create index message_organization on message (organization_id, message_id desc);
alter table message enable row level security;
alter table message force row level security;
create policy message_parties on message
    using (caller_is_system() or organization_id = caller_organization())
    with check (caller_is_system() or organization_id = caller_organization());
grant select, insert, update on message to renewals_app;
