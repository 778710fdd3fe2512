-- The organizations of the network and the codes others know them by.
-- Row-level security: operators of the platform see and change all; everybody sees their own; payers, facilities and
-- authorities see each other (the operation shows them the public face only). An authority that insures by a scheme of its
-- own is a payer like any other.

create table organization (
    organization_id uuid primary key,
    kind text not null constraint organization_kind_check
        check (kind in ('PAYER', 'FACILITY', 'AGENCY', 'AUTHORITY', 'PARTNER', 'CHANNEL', 'PLATFORM')),
    name text not null constraint organization_name_check check (length(name) between 1 and 200),
    country text not null constraint organization_country_check check (country ~ '^[A-Z]{2}$'),
    time_zone text not null,
    locale text not null constraint organization_locale_check check (locale in ('rw', 'en', 'fr', 'vi', 'ro', 'bn')),
    status text not null constraint organization_status_check check (status in ('ACTIVE', 'SUSPENDED')),
    suspended_at timestamptz,
    version bigint not null,
    created_at timestamptz not null,
    constraint organization_suspended_check check ((status = 'SUSPENDED') = (suspended_at is not null))
);
create index organization_suspended on organization (organization_id) where suspended_at is not null;
create index organization_by_name on organization (name, organization_id);
create unique index organization_one_platform on organization (kind) where kind = 'PLATFORM';
alter table organization enable row level security;
alter table organization force row level security;
create policy organization_select on organization for select
    using (caller_is_system() or caller_is_platform() or organization_id = caller_organization()
           or (kind in ('PAYER', 'FACILITY', 'AUTHORITY') and caller_kind() in ('PAYER', 'FACILITY', 'AUTHORITY')));
create policy organization_insert on organization for insert
    with check (caller_is_system() or caller_is_platform());
create policy organization_update on organization for update
    using (caller_is_system() or caller_is_platform())
    with check (caller_is_system() or caller_is_platform());

create table organization_code (
    kind text not null constraint organization_code_kind_check
        check (kind in ('FACILITY', 'AGENCY', 'MERCHANT', 'PAYER')),
    value text not null constraint organization_code_value_check check (value ~ '^[A-Z0-9_./-]{1,40}$'),
    organization_id uuid not null references organization,
    constraint organization_code_pkey primary key (kind, value)
);
create index organization_code_organization on organization_code (organization_id);
alter table organization_code enable row level security;
alter table organization_code force row level security;
-- Whoever sees the organization sees its codes.
create policy organization_code_select on organization_code for select
    using (exists (select 1 from organization o where o.organization_id = organization_code.organization_id));
create policy organization_code_insert on organization_code for insert
    with check (caller_is_system() or caller_is_platform());
create policy organization_code_delete on organization_code for delete
    using (caller_is_system() or caller_is_platform());

grant select, insert, update on organization to identity_app;
grant select, insert, delete on organization_code to identity_app;
