-- Visits: from a code at the desk to the discharge, their overrides, and what visits remembers of organizations.

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

-- A payer's own rules for visits; without a row the defaults hold.
create table payer_visit_rules (
    payer_id               uuid primary key,
    admission_notice_hours integer     not null,
    version                bigint      not null,
    updated_at             timestamptz not null,
    constraint payer_visit_rules_hours check (admission_notice_hours between 1 and 720)
);

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

alter table organization_ref enable row level security;
alter table organization_ref force row level security;
create policy organization_ref_read on organization_ref for select
    using (caller_is_system() or caller_organization() is not null);
create policy organization_ref_write on organization_ref
    using (caller_is_system()) with check (caller_is_system());

alter table payer_visit_rules enable row level security;
alter table payer_visit_rules force row level security;
create policy payer_visit_rules_read on payer_visit_rules for select
    using (caller_is_system() or caller_organization() is not null);
create policy payer_visit_rules_write on payer_visit_rules
    using (caller_is_system() or payer_id = caller_organization())
    with check (caller_is_system() or payer_id = caller_organization());

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

do $$
declare app text := replace(current_user, '_owner', '_app');
begin
    execute format('grant select, insert, update on organization_ref, payer_visit_rules, visit, visit_override, visit_override_day to %I', app);
    execute format('grant usage on sequence visit_number_sequence to %I', app);
end $$;
