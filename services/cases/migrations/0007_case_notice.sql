-- What somebody is told of a case by mail: kept with what it tells of; its words are found when it is sent.
create table case_notice (
    notice_id       uuid primary key,
    -- None of mail that is held.
    case_id         uuid references support_case,
    organization_id uuid,
    kind            text        not null constraint case_notice_kind check (kind in ('OPENED', 'FOLLOW_UP_OPENED', 'MESSAGE',
        'WAITING', 'SOLVED', 'REOPENED', 'CLOSED', 'REMINDER', 'CASE_IS_CLOSED', 'MAY_ONLY_READ', 'NEW', 'ANSWERED', 'NOTE',
        'ASSIGNED', 'DUE_SOON', 'OVERDUE', 'MAIL_HELD')),
    -- Whom it goes to: a person, or else those of the platform who hold a permission.
    account_id      uuid,
    permission      text,
    -- The organization that the person belongs to; none is the platform.
    member_of       uuid,
    -- What it tells of.
    message_id      uuid references case_message,
    -- The mail that it answers automatically.
    inbound_mail_id uuid,
    state           text        not null constraint case_notice_state check (state in ('RAISED', 'SENT', 'WITHDRAWN', 'FAILED')),
    reason          text,
    raised_at       timestamptz not null,
    ended_at        timestamptz,
    constraint case_notice_recipient check ((account_id is null) <> (permission is null))
);
create index case_notice_held on case_notice (raised_at) where kind = 'MAIL_HELD';
create index case_notice_thread on case_notice (case_id, account_id, raised_at desc, notice_id desc);
alter table case_notice enable row level security;
alter table case_notice force row level security;
create policy case_notice_system on case_notice
    using (caller_is_system() or caller_is_platform()) with check (caller_is_system() or caller_is_platform());
-- Whoever does something in a case of its own has the others told, and reads nothing of it.
create policy case_notice_raise on case_notice for insert with check (organization_id = caller_organization());
grant select, insert, update on case_notice to cases_app;

-- Accounts that are not written to: their mailbox does not take mail, or answers each mail by itself.
create table notice_recipient (
    account_id   uuid primary key,
    stopped_at   timestamptz,
    -- What the mail servers said: HARD, SOFT.
    stopped_for  text,
    paused_until timestamptz
);
alter table notice_recipient enable row level security;
alter table notice_recipient force row level security;
create policy notice_recipient_system on notice_recipient
    using (caller_is_system() or caller_is_platform()) with check (caller_is_system() or caller_is_platform());
grant select, insert, update on notice_recipient to cases_app;

-- Support speaks in partners' cases, and what a partner does has support told: that event is the platform's alone.
create policy outbox_cases on outbox for insert with check (caller_is_platform() or organization_id is null);
