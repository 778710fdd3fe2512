-- What a provider and a channel agreed, and the declarations of consent.
create extension if not exists btree_gist;
create table channel_contract (
    contract_id  uuid primary key,
    provider_id  uuid        not null,
    channel_id   uuid        not null,
    number       text        not null,
    valid_from   date        not null,
    -- Inclusive; null while there is no last day.
    valid_to     date,
    currency     text        not null,
    recorded_by  uuid        not null,
    confirmed_at timestamptz,
    version      bigint      not null,
    created_at   timestamptz not null,
    valid        daterange   not null generated always as (daterange(valid_from, valid_to, '[]')) stored,
    constraint channel_contract_dates check (valid_to >= valid_from),
    constraint channel_contract_recorded_by check (recorded_by in (provider_id, channel_id)),
    constraint channel_contract_no_overlap
        exclude using gist (provider_id with =, channel_id with =, valid with &&)
);
create index channel_contract_provider on channel_contract (provider_id, contract_id desc);
create index channel_contract_channel on channel_contract (channel_id, contract_id desc);
alter table channel_contract enable row level security;
alter table channel_contract force row level security;
create policy channel_contract_platform on channel_contract for select using (caller_kind() = 'PLATFORM');
create policy channel_contract_parties on channel_contract
    using (caller_is_system() or provider_id = caller_organization() or channel_id = caller_organization())
    with check (caller_is_system() or provider_id = caller_organization() or channel_id = caller_organization());
grant select, insert, update on channel_contract to channels_app;

create table consent (
    consent_version int primary key,
    in_force_from   date        not null,
    published_by    text        not null,
    published_at    timestamptz not null,
    constraint consent_dates unique (in_force_from)
);
create table consent_text (
    consent_version int  not null references consent,
    language        text not null,
    text            text not null,
    text_hash       text not null,
    primary key (consent_version, language)
);
alter table consent enable row level security;
alter table consent force row level security;
alter table consent_text enable row level security;
alter table consent_text force row level security;
create policy consent_read on consent for select using (caller_is_system() or caller_organization() is not null);
create policy consent_text_read on consent_text for select
    using (caller_is_system() or caller_organization() is not null);
create policy consent_platform on consent for insert with check (caller_kind() = 'PLATFORM');
create policy consent_text_platform on consent_text for insert with check (caller_kind() = 'PLATFORM');
grant select, insert on consent, consent_text to channels_app;
