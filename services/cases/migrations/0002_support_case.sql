-- What identity's events say of organizations, as far as cases needs it.
create table organization_ref (
    organization_id uuid primary key,
    kind            text   not null,
    name            text   not null,
    country         text   not null,
    time_zone       text   not null,
    locale          text   not null,
    version         bigint not null
);
alter table organization_ref enable row level security;
alter table organization_ref force row level security;
create policy organization_ref_read on organization_ref for select
    using (caller_is_system() or caller_is_platform() or organization_id = caller_organization());
create policy organization_ref_write on organization_ref
    using (caller_is_system()) with check (caller_is_system());
grant select, insert, update on organization_ref to cases_app;

-- A number once drawn is never drawn again, whatever becomes of its case.
create sequence support_case_number_sequence;
grant usage on sequence support_case_number_sequence to cases_app;

-- A question or a complaint of an organization. Subject and answers are sealed.
create table support_case (
    case_id         uuid primary key,
    number          text        not null constraint support_case_number unique,
    organization_id uuid        not null,
    kind            text        not null constraint support_case_kind check (kind in ('QUESTION', 'COMPLAINT')),
    topic           text        not null,
    form_version    int         not null,
    severity        text        not null constraint support_case_severity
        check (severity in ('LOW', 'NORMAL', 'HIGH', 'URGENT')),
    state           text        not null constraint support_case_state
        check (state in ('OPEN', 'IN_PROGRESS', 'WAITING_ON_PARTNER', 'SOLVED', 'CLOSED')),
    channel         text        not null constraint support_case_channel check (channel in ('PORTAL', 'API', 'MAIL', 'CLOCK')),
    subject         bytea       not null,
    answers         bytea,
    -- [{"name", "value"}] as given; what of them is looked for, folded, stands in the column after it.
    identifiers     jsonb       not null default '[]',
    identifier_keys text[]      not null default '{}',
    external_id     text,
    -- The person it is for; none when a system opened it.
    requester_id    uuid,
    opened_by       text        not null,
    assignee_id     uuid,
    follow_up_of    uuid references support_case,
    -- The first case of a chain of follow-ups: every mail of the chain names its root.
    thread_root     uuid        not null,
    opened_at       timestamptz not null,
    updated_at      timestamptz not null,
    state_since     timestamptz not null,
    solved_at       timestamptz,
    closed_at       timestamptz,
    -- How many reminders were sent since it waits.
    reminders       smallint    not null default 0,
    -- When the clock has something to do: remind, solve, close.
    wakes_at        timestamptz,
    -- Its service level: the next of its clocks that is breached, and when that is told ahead.
    due_at          timestamptz,
    warn_at         timestamptz,
    search          tsvector    not null,
    version         bigint      not null default 1,
    constraint support_case_closed check ((state = 'CLOSED') = (closed_at is not null)),
    constraint support_case_no_circle check (follow_up_of <> case_id)
);
create unique index support_case_follow_up_open on support_case (follow_up_of) where state <> 'CLOSED';
create index support_case_follow_ups on support_case (follow_up_of, case_id) where follow_up_of is not null;
create index support_case_thread on support_case (thread_root, case_id);
create index support_case_organization on support_case (organization_id, case_id desc);
create index support_case_state on support_case (state, case_id desc);
create index support_case_assignee on support_case (assignee_id, case_id desc) where assignee_id is not null;
create index support_case_updated on support_case (updated_at);
create index support_case_due on support_case (due_at) where due_at is not null;
create index support_case_wakes on support_case (wakes_at) where wakes_at is not null;
create index support_case_external on support_case (external_id) where external_id is not null;
create index support_case_identifiers on support_case using gin (identifier_keys);
create index support_case_search on support_case using gin (search);
alter table support_case enable row level security;
alter table support_case force row level security;
create policy support_case_parties on support_case
    using (caller_is_system() or caller_is_platform() or organization_id = caller_organization())
    with check (caller_is_system() or caller_is_platform() or organization_id = caller_organization());
grant select, insert, update on support_case to cases_app;

-- What was said. The words are sealed; what they are found by is not.
create table case_message (
    message_id      uuid primary key,
    case_id         uuid        not null references support_case,
    organization_id uuid        not null,
    -- The order in which messages came.
    position        bigint      generated always as identity,
    -- A note of the support's people: nobody else sees it.
    internal        boolean     not null,
    side            text        not null constraint case_message_side check (side in ('PARTNER', 'SUPPORT', 'SYSTEM')),
    channel         text        not null constraint case_message_channel check (channel in ('PORTAL', 'API', 'MAIL', 'CLOCK')),
    -- The person who wrote it; none when a system did, or the clock.
    author_id       uuid,
    written_by      text        not null,
    body            bytea,
    -- The mail that it came by.
    inbound_mail_id uuid,
    written_at      timestamptz not null,
    redacted_at     timestamptz,
    redacted_by     text,
    search          tsvector    not null,
    constraint case_message_redacted check ((body is null) = (redacted_at is not null)),
    constraint case_message_note check (not internal or side = 'SUPPORT')
);
create index case_message_case on case_message (case_id, position);
create index case_message_search on case_message using gin (search);
create unique index case_message_mail on case_message (inbound_mail_id, case_id) where inbound_mail_id is not null;
alter table case_message enable row level security;
alter table case_message force row level security;
create policy case_message_parties on case_message
    using (caller_is_system() or caller_is_platform() or (organization_id = caller_organization() and not internal))
    with check (caller_is_system() or caller_is_platform() or (organization_id = caller_organization() and not internal));
grant select, insert, update on case_message to cases_app;

-- By which a mail finds its case: one for each case and recipient. It gives no right.
create table case_reference (
    reference       text primary key constraint case_reference_form check (reference ~ '^cwr-[a-z2-7]{26}$'),
    case_id         uuid        not null references support_case,
    organization_id uuid        not null,
    account_id      uuid        not null,
    created_at      timestamptz not null,
    constraint case_reference_recipient unique (case_id, account_id)
);
alter table case_reference enable row level security;
alter table case_reference force row level security;
create policy case_reference_parties on case_reference
    using (caller_is_system() or caller_is_platform() or organization_id = caller_organization())
    with check (caller_is_system() or caller_is_platform() or organization_id = caller_organization());
grant select, insert on case_reference to cases_app;

-- Who takes part, and who watches. `member_of` is the organization that the person belongs to: the case's, or the platform.
create table case_participant (
    case_id         uuid        not null references support_case,
    account_id      uuid        not null,
    role            text        not null constraint case_participant_role check (role in ('PARTICIPANT', 'WATCHER')),
    organization_id uuid        not null,
    member_of       uuid        not null,
    added_by        text        not null,
    added_at        timestamptz not null,
    primary key (case_id, account_id, role)
);
create index case_participant_account on case_participant (account_id, case_id);
alter table case_participant enable row level security;
alter table case_participant force row level security;
create policy case_participant_parties on case_participant
    using (caller_is_system() or caller_is_platform()
           or (organization_id = caller_organization() and member_of = caller_organization()))
    with check (caller_is_system() or caller_is_platform()
           or (organization_id = caller_organization() and member_of = caller_organization()));
grant select, insert, delete on case_participant to cases_app;

-- Every change: who, by which channel, what it was before and after. It is only ever added to, and is the feed of those who
-- watch cases: read in the order of the transactions, and none is passed over that commits late.
create table case_history (
    entry_id        bigint      generated always as identity primary key,
    transaction_id  xid8        not null default pg_current_xact_id(),
    case_id         uuid        not null references support_case,
    organization_id uuid        not null,
    internal        boolean     not null,
    change          text        not null,
    actor           text        not null,
    channel         text        not null constraint case_history_channel check (channel in ('PORTAL', 'API', 'MAIL', 'CLOCK')),
    -- What binds the words to their row: the entry's own number is drawn when they are sealed already.
    seal_id         uuid        not null,
    before          bytea,
    after           bytea,
    happened_at     timestamptz not null
);
create index case_history_case on case_history (case_id, entry_id);
create index case_history_feed on case_history (transaction_id, entry_id);
create index case_history_organization on case_history (organization_id, transaction_id, entry_id);
alter table case_history enable row level security;
alter table case_history force row level security;
create policy case_history_read on case_history for select
    using (caller_is_system() or caller_is_platform() or (organization_id = caller_organization() and not internal));
create policy case_history_add on case_history for insert
    with check (caller_is_system() or caller_is_platform() or (organization_id = caller_organization() and not internal));
grant select, insert on case_history to cases_app;
