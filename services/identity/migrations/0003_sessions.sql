-- The second factor of an account: a sealed TOTP secret, and recovery codes.

create table totp (
    account_id uuid primary key references account,
    sealed_secret bytea not null,
    confirmed_at timestamptz,
    -- The last time step whose code was used: every code is good once.
    last_step bigint,
    created_at timestamptz not null
);

create table recovery_code (
    account_id uuid not null references totp (account_id) on delete cascade,
    digest bytea not null constraint recovery_code_digest_length check (length(digest) = 32),
    used_at timestamptz,
    constraint recovery_code_pkey primary key (account_id, digest)
);

-- Whether somebody has a second factor is shown to their organizations; the rest is for signing in.
alter table totp enable row level security;
alter table totp force row level security;
create policy totp_select on totp for select
    using (caller_is_system() or exists (select 1 from account a where a.account_id = totp.account_id));
create policy totp_insert on totp for insert with check (caller_is_system());
create policy totp_update on totp for update using (caller_is_system()) with check (caller_is_system());
create policy totp_delete on totp for delete using (caller_is_system());
alter table recovery_code enable row level security;
alter table recovery_code force row level security;
create policy recovery_code_system on recovery_code using (caller_is_system()) with check (caller_is_system());

-- Sessions, and the digests of their refresh tokens, used ones included: a used one that comes again ends the session.

create table session (
    session_id uuid primary key,
    account_id uuid not null references account,
    organization_id uuid not null references organization,
    amr text[] not null,
    created_at timestamptz not null,
    idle_expires_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    end_reason text constraint session_end_reason_check check (end_reason in
        ('SIGNED_OUT', 'SWITCHED', 'DISABLED', 'ROLES_CHANGED', 'PASSWORD_RESET', 'TOKEN_REUSED',
            'ORGANIZATION_SUSPENDED')),
    constraint session_ended_check check ((ended_at is null) = (end_reason is null))
);
create index session_living on session (account_id) where ended_at is null;
create index session_living_organization on session (organization_id) where ended_at is null;
create index session_ended on session (ended_at) where ended_at is not null;
create index session_expires on session (expires_at);
alter table session enable row level security;
alter table session force row level security;
create policy session_parties on session
    using (caller_is_system() or organization_id = caller_organization())
    with check (caller_is_system() or organization_id = caller_organization());

create table refresh_token (
    digest bytea primary key constraint refresh_token_digest_length check (length(digest) = 32),
    session_id uuid not null references session on delete cascade,
    created_at timestamptz not null,
    used_at timestamptz
);
create index refresh_token_session on refresh_token (session_id);
alter table refresh_token enable row level security;
alter table refresh_token force row level security;
create policy refresh_token_system on refresh_token using (caller_is_system()) with check (caller_is_system());

-- The keys that sign access tokens; the private half is sealed with the installation's master key.

create table signing_key (
    kid uuid primary key,
    public_key bytea not null constraint signing_key_public_length check (length(public_key) = 32),
    sealed_seed bytea not null,
    created_at timestamptz not null,
    active_from timestamptz not null,
    retired_at timestamptz
);
-- One key that is not to retire; of several replicas that start or rotate at once, one makes it.
create unique index signing_key_current on signing_key ((true)) where retired_at is null;
alter table signing_key enable row level security;
alter table signing_key force row level security;
-- Made by a timer, or by an operator of the platform.
create policy signing_key_parties on signing_key
    using (caller_is_system() or caller_is_platform()) with check (caller_is_system() or caller_is_platform());

grant select, insert, update, delete on totp, recovery_code to identity_app;
grant select, insert, update, delete on session, refresh_token to identity_app;
grant select, insert, update, delete on signing_key to identity_app;
