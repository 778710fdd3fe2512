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
        ('SIGNED_OUT', 'SWITCHED', 'DISABLED', 'PASSWORD_RESET', 'TOKEN_REUSED', 'ORGANIZATION_SUSPENDED')),
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

do $$
declare app text := replace(current_user, '_owner', '_app');
begin
    execute format('grant select, insert, update, delete on session, refresh_token to %I', app);
end
$$;
