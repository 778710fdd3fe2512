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

do $$
declare app text := replace(current_user, '_owner', '_app');
begin
    execute format('grant select, insert, update on account, membership to %I', app);
end
$$;
