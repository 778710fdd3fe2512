-- Which facility treats which payer's members; and the view from which a facility's entitlements are decided.
create table contract (
    contract_id   uuid primary key,
    payer_id      uuid        not null,
    facility_id   uuid        not null,
    service_types text[]      not null,
    valid_from    date        not null,
    -- Inclusive; null while there is no last day.
    valid_to      date,
    version       bigint      not null,
    created_at    timestamptz not null,
    valid         daterange   not null generated always as (
        case when valid_to < valid_from then 'empty'::daterange else daterange(valid_from, valid_to, '[]') end) stored,
    constraint contract_dates check (valid_to >= valid_from - 1),
    constraint contract_service_types_given check (cardinality(service_types) > 0),
    constraint contract_two_parties check (payer_id <> facility_id),
    constraint contract_no_overlap exclude using gist (facility_id with =, payer_id with =, valid with &&)
);
create index contract_facility_newest on contract (facility_id, contract_id desc);
create index contract_payer_newest on contract (payer_id, contract_id desc);

alter table contract enable row level security;
alter table contract force row level security;
create policy contract_parties on contract for select
    using (caller_is_system() or facility_id = caller_organization() or payer_id = caller_organization());
create policy contract_payer on contract
    using (caller_is_system() or payer_id = caller_organization())
    with check (caller_is_system() or payer_id = caller_organization());
create policy contract_doors on contract for select to current_user using (true);

-- The coverages a caller may decide an entitlement from: a payer its own; a facility those of the payers it has, or
-- had, a contract with. A view runs as its owner, whom the policies above let read; the barrier keeps other
-- predicates from being tried on rows that are not the caller's. The facility's own visits are no help here: when
-- an entitlement is decided, the visit does not know its member yet.
create view entitlement_coverage with (security_barrier) as
select c.coverage_id, c.payer_id, c.member_id, c.family_id, c.plan_id, c.plan_version, c.valid_from, c.valid_to,
       c.member_since, c.policy_year_from, c.status, c.suspensions, c.termination_reason, c.replaced_by, c.version,
       c.created_at, c.valid, p.definition
from coverage c
join plan_version p on p.plan_id = c.plan_id and p.version = c.plan_version
where caller_is_system() or c.payer_id = caller_organization()
   or exists (select from contract k where k.payer_id = c.payer_id and k.facility_id = caller_organization());

-- The covers of whoever is meant at a desk, by number or by member: which payer is asked first is decided by them.
create view candidate_coverage with (security_barrier) as
select c.coverage_id, c.payer_id, c.member_id, m.member_number, c.family_id, c.plan_id, c.plan_version, c.valid_from,
       c.valid_to, c.member_since, c.policy_year_from, c.status, c.suspensions, c.termination_reason, c.replaced_by,
       c.version, c.created_at
from coverage c
join member_ref m on m.member_id = c.member_id and m.payer_id = c.payer_id
where caller_is_system() or c.payer_id = caller_organization()
   or exists (select from contract k where k.payer_id = c.payer_id and k.facility_id = caller_organization());

grant select, insert, update on contract to visits_app;
grant select on entitlement_coverage, candidate_coverage to visits_app;
