-- Invitations to work for an organization. Only the digest of the link's token is kept.

create table invitation (
    invitation_id uuid primary key,
    organization_id uuid not null references organization,
    -- The id the account gets, unless the person has one already.
    account_id uuid not null,
    email text not null constraint invitation_email_folded check (email = lower(email)),
    name text not null constraint invitation_name_check check (length(name) between 1 and 200),
    roles text[] not null constraint invitation_roles_check check (cardinality(roles) between 1 and 20),
    token_digest bytea not null constraint invitation_token_digest_key unique
        constraint invitation_token_digest_length check (length(token_digest) = 32),
    expires_at timestamptz not null,
    accepted_at timestamptz,
    accepted_by uuid references account,
    created_at timestamptz not null,
    constraint invitation_accepted_check check ((accepted_at is null) = (accepted_by is null))
);
-- Inviting again replaces the invitation that waits.
create unique index invitation_waiting on invitation (organization_id, email) where accepted_at is null;
create index invitation_account on invitation (account_id);
alter table invitation enable row level security;
alter table invitation force row level security;
-- An operator of the platform invites the first administrator of an organization.
create policy invitation_parties on invitation
    using (caller_is_system() or caller_is_platform() or organization_id = caller_organization())
    with check (caller_is_system() or caller_is_platform() or organization_id = caller_organization());

do $$
declare app text := replace(current_user, '_owner', '_app');
begin
    execute format('grant select, insert, update on invitation to %I', app);
end
$$;
