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

do $$
declare app text := replace(current_user, '_owner', '_app');
begin
    execute format('grant select, insert, update, delete on totp, recovery_code to %I', app);
end
$$;
