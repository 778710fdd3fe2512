-- What the Actions Center was answered under its tokens, failures too. Neither tokens nor users stand here, but hashes of them.
create table actions_center_answer (
    channel_id    uuid        not null,
    -- Of merchant and token.
    key_hash      bytea       not null,
    -- Of the request that was answered.
    fingerprint   bytea       not null,
    user_hash     bytea       not null,
    -- What was booked, and where it stood then.
    booking_id    uuid references booking,
    booking_state text,
    -- Why nothing was.
    cause         text,
    description   text,
    created_at    timestamptz not null,
    primary key (channel_id, key_hash),
    constraint actions_center_answer_whole check (
        num_nonnulls(booking_id, cause) = 1
        and (booking_id is null) = (booking_state is null) and (cause is null) = (description is null))
);
create index actions_center_answer_user on actions_center_answer (channel_id, user_hash) where booking_id is not null;
create index actions_center_answer_old on actions_center_answer (created_at);
alter table actions_center_answer enable row level security;
alter table actions_center_answer force row level security;
create policy actions_center_answer_own on actions_center_answer
    using (caller_is_system() or channel_id = caller_organization())
    with check (caller_is_system() or channel_id = caller_organization());
grant select, insert, delete on actions_center_answer to channels_app;
