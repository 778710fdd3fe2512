-- What identity's events say of an organization; visits needs a facility's zone, country and name.
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

grant select, insert, update on organization_ref to visits_app;
