-- What mail servers and carriers report of contacts: whom a message went to, by keyed hashes, and what did not arrive.
alter table message
    -- Whom it was given to a route for; erased with the words.
    add column recipient_keys bytea[],
    -- The Message-ID, and the keyed hash of the return address, that its context gave; others are made of the message's id.
    add column mail_id text,
    add column return_key bytea;
create index message_mail_id on message (mail_id) where mail_id is not null;
create index message_return on message (return_key) where return_key is not null;
drop index message_erased;
create index message_erased on message (created_at) where sealed is not null or recipient_keys is not null;

-- What a mail server reported of a recipient. Kept as long as it counts.
create table mail_bounce (
    message_id    uuid not null references message,
    recipient_key bytea not null,
    organization_id uuid,
    kind          text not null constraint mail_bounce_kind check (kind in ('HARD', 'SOFT', 'POLICY')),
    reported_at   timestamptz not null,
    primary key (message_id, recipient_key)
);
create index mail_bounce_recipient on mail_bounce (recipient_key, reported_at);
create index mail_bounce_old on mail_bounce (reported_at);
alter table mail_bounce enable row level security;
alter table mail_bounce force row level security;
create policy mail_bounce_system on mail_bounce using (caller_is_system()) with check (caller_is_system());
grant select, insert, update, delete on mail_bounce to renewals_app;

-- Since when a contact is suspect: what is told once a day.
alter table participant add column suspect_at timestamptz;
create index participant_suspect on participant (suspect_at) where suspect_at is not null;
