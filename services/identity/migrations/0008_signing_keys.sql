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

do $$
declare app text := replace(current_user, '_owner', '_app');
begin
    execute format('grant select, insert, update, delete on signing_key to %I', app);
end
$$;
