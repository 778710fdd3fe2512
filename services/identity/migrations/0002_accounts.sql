-- People, and the organizations they work for.

create table account (
    account_id uuid primary key,
    email text not null constraint account_email_key unique
        constraint account_email_folded check (email = lower(email)),
    password_hash text not null,
    password_changed_at timestamptz not null,
    created_at timestamptz not null
);

create table membership (
    organization_id uuid not null references organization,
    account_id uuid not null references account,
    name text not null constraint membership_name_check check (length(name) between 1 and 200),
    roles text[] not null constraint membership_roles_check check (cardinality(roles) between 1 and 20),
    status text not null constraint membership_status_check check (status in ('ACTIVE', 'DISABLED')),
    version bigint not null,
    created_at timestamptz not null,
    constraint membership_pkey primary key (organization_id, account_id)
);
create index membership_account on membership (account_id);
alter table membership enable row level security;
alter table membership force row level security;
create policy membership_parties on membership
    using (caller_is_system() or organization_id = caller_organization())
    with check (caller_is_system() or organization_id = caller_organization());

-- An account belongs to no organization; whoever sees a membership sees the account behind it. Written only by
-- signing in, accepting and resetting, which run before any caller is known.
alter table account enable row level security;
alter table account force row level security;
create policy account_select on account for select
    using (caller_is_system()
           or exists (select 1 from membership m where m.account_id = account.account_id));
create policy account_insert on account for insert with check (caller_is_system());
create policy account_update on account for update using (caller_is_system()) with check (caller_is_system());

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

grant select, insert, update on account, membership to identity_app;
grant select, insert, update on invitation to identity_app;
grant select, insert, update, delete on password_reset to identity_app;
