-- Every mail that came in, once for each of its recipients, with what became of it. The mail itself and what was read of it are
-- sealed; addresses are kept as keyed digests, by which they are counted. Support alone reads it.
create table inbound_mail (
    inbound_mail_id uuid primary key,
    fingerprint     bytea       not null,
    -- The case that its hints found, and the nil id without one: by that and its fingerprint it is known when it comes again.
    matched_id      uuid        not null,
    -- A forged mail is never taken for the genuine one.
    authenticated   boolean     not null,
    outcome         text        not null constraint inbound_mail_outcome
        check (outcome in ('APPENDED', 'NEW_CASE', 'HELD', 'RECORDED', 'REFUSED', 'BOUNCE')),
    reason          text,
    -- The case that it is of, or was taken for.
    case_id         uuid references support_case,
    author_id       uuid,
    author_key      bytea       not null,
    words_key       bytea       not null,
    message_key     bytea,
    -- Its Message-ID, sealed: our answers name it.
    message_name    bytea,
    -- What support is shown of it, as JSON. It goes with the words of its message.
    summary         bytea,
    -- The mail as it came. What is too large for a row is a `mail_original` instead; it goes with the words of its message.
    raw             bytea,
    received_at     timestamptz not null,
    constraint inbound_mail_once unique (fingerprint, matched_id, authenticated),
    constraint inbound_mail_held check (outcome <> 'HELD' or reason is not null)
);
create index inbound_mail_message on inbound_mail (message_key) where message_key is not null;
create index inbound_mail_author on inbound_mail (author_key, matched_id, received_at);
create index inbound_mail_case on inbound_mail (case_id, inbound_mail_id) where case_id is not null;
alter table inbound_mail enable row level security;
alter table inbound_mail force row level security;
create policy inbound_mail_support on inbound_mail
    using (caller_is_system() or caller_is_platform())
    with check (caller_is_system() or caller_is_platform());
grant select, insert, update on inbound_mail to cases_app;

-- The mails as they came that are too large for their rows: objects elsewhere, and here the key each is sealed with. An object
-- that no row names is swept.
create table mail_original (
    document_id     uuid primary key,
    inbound_mail_id uuid        not null unique references inbound_mail,
    size_bytes      bigint      not null constraint mail_original_size check (size_bytes > 0),
    sha256          bytea       not null constraint mail_original_sha256_length check (length(sha256) = 32),
    -- The object's own key, sealed under the key of the settings that has this name.
    key_id          text        not null,
    sealed_key      bytea       not null
);
create index mail_original_key on mail_original (key_id);
alter table mail_original enable row level security;
alter table mail_original force row level security;
create policy mail_original_support on mail_original
    using (caller_is_system() or caller_is_platform())
    with check (caller_is_system() or caller_is_platform());
grant select, insert, delete on mail_original to cases_app;
grant update (key_id, sealed_key) on mail_original to cases_app;

-- The mails that wait for a person, and what was decided.
create table held_mail (
    inbound_mail_id uuid primary key references inbound_mail,
    decision        text constraint held_mail_decision check (decision in ('ACCEPTED', 'DISCARDED')),
    decided_by      text,
    decided_at      timestamptz,
    constraint held_mail_decided check (
        (decision is null) = (decided_by is null) and (decision is null) = (decided_at is null))
);
create index held_mail_open on held_mail (inbound_mail_id) where decision is null;
alter table held_mail enable row level security;
alter table held_mail force row level security;
create policy held_mail_support on held_mail
    using (caller_is_system() or caller_is_platform())
    with check (caller_is_system() or caller_is_platform());
grant select, insert, update on held_mail to cases_app;

-- The automatic mails to an address: ten in three hours, and one about a closed case in a day.
create table automatic_answer (
    inbound_mail_id uuid primary key references inbound_mail,
    address_key     bytea       not null,
    case_id         uuid,
    answer          text        not null constraint automatic_answer_kind
        check (answer in ('ACKNOWLEDGEMENT', 'CLOSED_NOTICE', 'READ_ONLY_NOTICE')),
    sent_at         timestamptz not null
);
create index automatic_answer_address on automatic_answer (address_key, sent_at);
alter table automatic_answer enable row level security;
alter table automatic_answer force row level security;
create policy automatic_answer_support on automatic_answer
    using (caller_is_system() or caller_is_platform())
    with check (caller_is_system() or caller_is_platform());
grant select, insert on automatic_answer to cases_app;
