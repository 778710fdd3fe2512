-- Visits: from a code at the reception to the discharge, and their overrides.

create sequence visit_number_sequence;

create table visit (
    visit_id                 uuid primary key,
    version                  bigint      not null,
    facility_id              uuid        not null,
    -- Null until the code was verified, as is everything of the member.
    payer_id                 uuid,
    -- The payer that may approve a requested override, when it is certain before the member is known.
    override_payer_id        uuid,
    state                    text        not null,
    service_date             date        not null,
    started_at               timestamptz not null,
    started_by               uuid        not null,
    -- An unverified or unadmitted visit ends then.
    expires_at               timestamptz,

    -- HMAC of the identifier as typed; of the member number once the member is known.
    identifier_hash          bytea       not null,
    -- What the challenge is bound to, the identifier included, sealed; erased with the challenge.
    sealed_challenge         bytea,
    challenge_id             text,
    masked_destination       text,
    code_expires_at          timestamptz,
    resend_available_at      timestamptz,
    resends                  integer     not null default 0,

    verified_at              timestamptz,
    verified_by              uuid,
    overridden               boolean     not null default false,
    member_id                uuid,
    family_id                uuid,
    member_birth_date        date,
    sealed_member            bytea,
    coverage_id              uuid,
    plan_id                  uuid,
    plan_version             integer,
    -- The entitlement as it was verified; never changed afterwards.
    entitlement              jsonb,

    service_type             text,
    visit_number             text,
    practitioner             text,
    referral                 text,
    admitted_at              timestamptz,
    admission_notice_due_at  timestamptz,
    admission_notice_warn_at timestamptz,
    admission_warned_at      timestamptz,
    admission_notified_at    timestamptz,

    discharged_at            timestamptz,
    cancelled_at             timestamptz,
    cancel_reason            text,
    disputed_at              timestamptz,
    dispute_resolved_at      timestamptz,
    dispute_outcome          text,
    -- Whether the dispute stands, as the domain decided: what queries leave out visits by.
    disputed                 boolean     not null default false,
    -- How many claims cite the visit; one is enough to make it uncancellable.
    claims                   integer     not null default 0,

    constraint visit_number_unique unique (visit_number),
    constraint visit_state_known check (state in
        ('AWAITING_CODE', 'VERIFIED', 'ADMITTED', 'DISCHARGED', 'CANCELLED', 'EXPIRED')),
    constraint visit_resends_bounded check (resends between 0 and 5),
    constraint visit_claims_not_negative check (claims >= 0),
    constraint visit_member_known check (state not in ('VERIFIED', 'ADMITTED', 'DISCHARGED')
        or (member_id is not null and family_id is not null and payer_id is not null
            and sealed_member is not null and entitlement is not null)),
    constraint visit_challenge_erased check (state = 'AWAITING_CODE'
        or (sealed_challenge is null and challenge_id is null and masked_destination is null)),
    constraint visit_number_given check (state not in ('ADMITTED', 'DISCHARGED')
        or (visit_number is not null and service_type is not null and admitted_at is not null)),
    constraint visit_dispute_outcome_known check (dispute_outcome in ('UPHELD', 'DISMISSED'))
);

-- One open visit per member, facility, type and day.
create unique index visit_open_once on visit (facility_id, member_id, service_type, service_date)
    where state = 'ADMITTED';
create index visit_facility_newest on visit (facility_id, visit_id desc);
create index visit_payer_newest on visit (payer_id, visit_id desc) where payer_id is not null;
create index visit_identifier on visit (identifier_hash, visit_id desc);
create index visit_member on visit (member_id, visit_id desc) where member_id is not null;
create index visit_expiring on visit (expires_at) where state in ('AWAITING_CODE', 'VERIFIED');
create index visit_admission_notice on visit (admission_notice_warn_at)
    where state = 'ADMITTED' and admission_warned_at is null and admission_notified_at is null;

create function visit_entitlement_immutable() returns trigger language plpgsql as $$
begin
    raise exception 'the verified entitlement of a visit is never changed'
        using errcode = 'check_violation', constraint = 'visit_entitlement_immutable';
end $$;

create trigger visit_entitlement_immutable before update of entitlement on visit
    for each row when (old.entitlement is not null and new.entitlement is distinct from old.entitlement)
    execute function visit_entitlement_immutable();

-- A visit without a code: asked for by one person, approved by another, reviewed by the payer.
create table visit_override (
    visit_id        uuid primary key references visit (visit_id),
    facility_id     uuid        not null,
    payer_id        uuid,
    reason          text        not null,
    -- Free text about a patient.
    sealed_note     bytea       not null,
    requested_by    uuid        not null,
    requested_at    timestamptz not null,
    -- It was the facility's n-th of that day.
    number_that_day integer     not null,
    approved_by     uuid,
    approved_at     timestamptz,
    -- FACILITY or PAYER.
    approved_for    text,
    review          text        not null default 'PENDING',
    sealed_review   bytea,
    reviewed_by     uuid,
    reviewed_at     timestamptz,
    version         bigint      not null,
    constraint visit_override_reason_known check (reason in
        ('NO_PHONE', 'UNCONSCIOUS', 'NEWBORN', 'NOT_DELIVERED')),
    constraint visit_override_review_known check (review in ('PENDING', 'ACCEPTED', 'REJECTED')),
    constraint visit_override_second_person check (approved_by <> requested_by)
);

create index visit_override_payer_newest on visit_override (payer_id, visit_id desc) where approved_at is not null;
create index visit_override_facility_newest on visit_override (facility_id, visit_id desc);

-- How many overrides a facility asked for on a day of its own; the cap is held on this row.
create table visit_override_day (
    facility_id uuid    not null,
    day         date    not null,
    used        integer not null,
    primary key (facility_id, day)
);

alter table visit enable row level security;
alter table visit force row level security;
create policy visit_parties on visit
    using (caller_is_system() or facility_id = caller_organization()
        or payer_id = caller_organization() or override_payer_id = caller_organization())
    with check (caller_is_system() or facility_id = caller_organization() or payer_id = caller_organization());

alter table visit_override enable row level security;
alter table visit_override force row level security;
create policy visit_override_parties on visit_override
    using (caller_is_system() or facility_id = caller_organization() or payer_id = caller_organization())
    with check (caller_is_system() or facility_id = caller_organization() or payer_id = caller_organization());

alter table visit_override_day enable row level security;
alter table visit_override_day force row level security;
create policy visit_override_day_facility on visit_override_day
    using (caller_is_system() or facility_id = caller_organization())
    with check (caller_is_system() or facility_id = caller_organization());

-- Every view and function of the owner's that reads visits asks by itself who calls.
create policy visit_doors on visit for select to current_user using (true);

-- The door through which a facility reads its patient's cover: by the visit, and nothing else. One statement answers
-- a benefit statement but for the plan's text, which never changes and is kept in memory.
--
-- A view and not policies on coverage and balances: those would have to look the visit up again for every row.
-- A view and not a function: it is planned with the statement that reads it, once per connection. It runs as its
-- owner, whom the policies let read coverages and balances; the visit's own row-level security still asks who calls.
create view visit_benefits with (security_barrier) as
select v.visit_id, v.state, v.facility_id, v.payer_id, v.member_id, v.service_type, v.service_date, v.discharged_at,
       v.entitlement, p.definition, c.coverage_id, c.family_id, c.plan_id, c.plan_version, c.valid_from, c.valid_to, c.member_since,
       c.policy_year_from, c.status, c.suspensions, c.termination_reason, c.replaced_by, c.version, c.created_at,
       case when p.grows then (
           select count(*) from coverage f
           where f.family_id = c.family_id and f.plan_id = c.plan_id and f.valid @> v.service_date)
       else 1 end as family_size,
       b.*
from visit v
left join coverage c on c.coverage_id = v.coverage_id
left join plan_version p on p.plan_id = c.plan_id and p.version = c.plan_version
left join lateral (
    select array_agg(b.account) as accounts, array_agg(b.scope) as scopes, array_agg(b.period) as periods,
           array_agg(b.unit) as units, array_agg(b.used) as used, array_agg(b.reserved) as reserved
    from benefit_balance b
    where b.holder_id in (c.member_id, c.family_id) and b.plan_id = c.plan_id
      and b.ends_on >= v.service_date and b.starts_on <= v.service_date
      and (b.period <> 'VISIT' or b.period_key = 'V:' || v.visit_id)
) b on true
where caller_is_system() or v.facility_id = caller_organization() or v.payer_id = caller_organization();

grant select, insert, update on visit, visit_override, visit_override_day to visits_app;
grant usage on sequence visit_number_sequence to visits_app;
grant select on visit_benefits to visits_app;
