-- What identity's events say of providers and channels, which do not see each other there; and what channels say of
-- themselves.
create table organization_ref (
    organization_id uuid primary key,
    kind            text   not null,
    name            text   not null,
    country         text   not null,
    time_zone       text   not null,
    locale          text   not null,
    version         bigint not null
);
alter table organization_ref enable row level security;
alter table organization_ref force row level security;
create policy organization_ref_read on organization_ref for select
    using (caller_is_system() or caller_organization() is not null);
create policy organization_ref_write on organization_ref
    using (caller_is_system()) with check (caller_is_system());
grant select, insert, update on organization_ref to channels_app;

create table channel_profile (
    channel_id         uuid primary key,
    onboarding_address text        not null,
    language           text        not null,
    version            bigint      not null,
    updated_at         timestamptz not null
);
alter table channel_profile enable row level security;
alter table channel_profile force row level security;
-- Providers choose among channels, so everybody who is signed in may read whom a channel is written to at.
create policy channel_profile_read on channel_profile for select
    using (caller_is_system() or caller_organization() is not null);
create policy channel_profile_own on channel_profile
    using (caller_is_system() or channel_id = caller_organization())
    with check (caller_is_system() or channel_id = caller_organization());
grant select, insert, update on channel_profile to channels_app;
