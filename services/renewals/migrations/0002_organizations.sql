-- What identity's events say of organizations and members, as far as renewals needs it.
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
-- Agencies do not see each other.
create policy organization_ref_read on organization_ref for select
    using (caller_is_system() or organization_id = caller_organization()
           or kind = 'AUTHORITY' or caller_kind() = 'AUTHORITY');
create policy organization_ref_write on organization_ref
    using (caller_is_system()) with check (caller_is_system());

-- The members of payers: an authority's participants are found among them by their number.
create table member_ref (
    member_id     uuid primary key,
    payer_id      uuid not null,
    member_number text not null,
    -- Events of a member may come in another order than they happened: the newest stays.
    version       bigint not null
);
-- Not unique: a number that went to another member is known of the new one before the old one's event comes.
create index member_ref_number on member_ref (payer_id, member_number);
alter table member_ref enable row level security;
alter table member_ref force row level security;
create policy member_ref_payer on member_ref
    using (caller_is_system() or payer_id = caller_organization())
    with check (caller_is_system() or payer_id = caller_organization());

grant select, insert, update, delete on organization_ref, member_ref to renewals_app;
