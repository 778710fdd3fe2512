-- Who is covered. Members belong to identity; what visits needs to know of one is kept here, fed by its events.
create extension if not exists btree_gist;

create table member_ref (
    member_id     uuid primary key,
    payer_id      uuid not null,
    member_number text not null,
    -- The principal's member id, for everybody in the family.
    family_id     uuid not null,
    -- Events of a member may come in another order than they happened: the newest stays.
    version       bigint not null default 0,
    constraint member_ref_number_once unique (payer_id, member_number)
);

create table coverage (
    coverage_id        uuid primary key,
    payer_id           uuid        not null,
    member_id          uuid        not null,
    family_id          uuid        not null,
    plan_id            uuid        not null,
    plan_version       integer     not null,
    valid_from         date        not null,
    -- Inclusive; the day before valid_from when the cover never came into force.
    valid_to           date        not null,
    -- Waiting periods run from here.
    member_since       date        not null,
    -- Policy years start on this day of the year.
    policy_year_from   date        not null,
    status             text        not null,
    -- Days without cover, as `domain::coverage::Suspension`.
    suspensions        jsonb       not null default '[]',
    termination_reason text,
    replaced_by        uuid references coverage (coverage_id) deferrable initially deferred,
    version            bigint      not null,
    created_at         timestamptz not null,
    valid              daterange   not null generated always as (
        case when valid_to < valid_from then 'empty'::daterange else daterange(valid_from, valid_to, '[]') end) stored,
    constraint coverage_plan foreign key (plan_id, plan_version) references plan_version (plan_id, version),
    constraint coverage_dates check (valid_to >= valid_from - 1 and member_since <= valid_from
        and policy_year_from <= valid_from),
    constraint coverage_status_known check (status in ('ACTIVE', 'SUSPENDED', 'TERMINATED', 'REPLACED')),
    constraint coverage_replaced check ((status = 'REPLACED') = (replaced_by is not null)),
    constraint coverage_terminated check ((status = 'TERMINATED') = (termination_reason is not null)),
    -- No two covers of one member at one payer on one day.
    constraint coverage_no_overlap exclude using gist (member_id with =, payer_id with =, valid with &&)
);
create index coverage_family on coverage (family_id, plan_id);
create index coverage_payer_newest on coverage (payer_id, coverage_id desc);

alter table member_ref enable row level security;
alter table member_ref force row level security;
create policy member_ref_payer on member_ref
    using (caller_is_system() or payer_id = caller_organization())
    with check (caller_is_system() or payer_id = caller_organization());
create policy member_ref_doors on member_ref for select to current_user using (true);

alter table coverage enable row level security;
alter table coverage force row level security;
create policy coverage_payer on coverage
    using (caller_is_system() or payer_id = caller_organization())
    with check (caller_is_system() or payer_id = caller_organization());
create policy coverage_doors on coverage for select to current_user using (true);

grant select, insert, update on member_ref, coverage to visits_app;
