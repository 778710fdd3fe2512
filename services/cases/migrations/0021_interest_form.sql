-- What organizations that want to join the network fill in. They are nobody yet: it is the platform's to read.
create table interest_form (
    interest_form_id uuid primary key,
    state            text        not null constraint interest_form_state
        check (state in ('UNCONFIRMED', 'SUBMITTED', 'ACCEPTED', 'DECLINED')),
    language         text        not null,
    -- Who wants to join, who writes and what they write, sealed.
    content          bytea       not null,
    -- What the writer's address is found by; nobody reads an address out of it.
    address_index    bytea       not null,
    submitted_at     timestamptz not null,
    confirmed_at     timestamptz,
    decided_at       timestamptz,
    decided_by       text,
    -- The organization that an accepted form became.
    organization_id  uuid,
    -- Why a form was declined, sealed.
    reason           bytea,
    version          bigint      not null default 1,
    constraint interest_form_confirmed check ((state = 'UNCONFIRMED') = (confirmed_at is null)),
    constraint interest_form_decided check ((state in ('ACCEPTED', 'DECLINED')) = (decided_at is not null)),
    constraint interest_form_accepted check ((state = 'ACCEPTED') = (organization_id is not null)),
    constraint interest_form_declined check ((state = 'DECLINED') = (reason is not null))
);
create index interest_form_page on interest_form (interest_form_id desc) where state <> 'UNCONFIRMED';
create index interest_form_unconfirmed on interest_form (submitted_at) where state = 'UNCONFIRMED';
alter table interest_form enable row level security;
alter table interest_form force row level security;
create policy interest_form_platform on interest_form
    using (caller_is_system() or caller_is_platform())
    with check (caller_is_system() or caller_is_platform());
grant select, insert, update, delete on interest_form to cases_app;

-- Mails about a form that are to be sent or were sent: an address is mailed three times a day at most.
create table interest_mail (
    interest_form_id uuid        not null references interest_form on delete cascade,
    kind             text        not null constraint interest_mail_kind
        check (kind in ('CONFIRM', 'RECEIVED', 'DECLINED')),
    address_index    bytea       not null,
    raised_at        timestamptz not null,
    sent_at          timestamptz,
    primary key (interest_form_id, kind)
);
create index interest_mail_address on interest_mail (address_index, raised_at);
create index interest_mail_unsent on interest_mail (raised_at) where sent_at is null;
alter table interest_mail enable row level security;
alter table interest_mail force row level security;
create policy interest_mail_platform on interest_mail
    using (caller_is_system() or caller_is_platform())
    with check (caller_is_system() or caller_is_platform());
grant select, insert, update, delete on interest_mail to cases_app;
