-- Links to choose a new password. Only the digest of the link's token is kept; one link per account is good.

create table password_reset (
    account_id uuid primary key references account,
    token_digest bytea not null constraint password_reset_token_digest_key unique
        constraint password_reset_token_digest_length check (length(token_digest) = 32),
    expires_at timestamptz not null,
    created_at timestamptz not null
);
alter table password_reset enable row level security;
alter table password_reset force row level security;
create policy password_reset_system on password_reset using (caller_is_system()) with check (caller_is_system());

do $$
declare app text := replace(current_user, '_owner', '_app');
begin
    execute format('grant select, insert, update, delete on password_reset to %I', app);
end
$$;
