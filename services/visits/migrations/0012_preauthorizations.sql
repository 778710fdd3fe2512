-- Pre-authorizations: what a facility asks a payer before it gives care, who must act by when, and what was decided. What
-- each line asks for, and where its money goes, stands in `service_line`.
create sequence preauthorization_number_sequence;

create table preauthorization (
    preauthorization_id  uuid primary key,
    version              bigint      not null,
    number               text        not null,
    visit_id             uuid        not null references visit (visit_id),
    visit_number         text        not null,
    service_type         text        not null,
    facility_id          uuid        not null,
    payer_id             uuid        not null,
    member_id            uuid        not null,
    -- HMAC of the member number, as the visit has it.
    member_number_hash   bytea       not null,
    coverage_id          uuid        not null,
    currency             text        not null,
    state                text        not null,
    urgency              text        not null,
    -- Free text about a patient.
    sealed_justification bytea       not null,
    document_ids         uuid[]      not null default '{}',
    created_at           timestamptz not null,
    created_by           uuid        not null,
    submitted_at         timestamptz,

    -- By when the payer must decide, or the facility answer.
    due_at               timestamptz,
    warn_at              timestamptz,
    warned_at            timestamptz,
    -- What the payer's clock has left, in microseconds, while it stands still for an answer.
    stopped_with         bigint,
    escalated_at         timestamptz,
    questions            integer     not null default 0,
    unanswered           boolean     not null default false,

    decided_at           timestamptz,
    -- Null where the rules decided.
    decided_by           uuid,
    valid_from           date,
    -- Inclusive.
    valid_to             date,
    -- What was held and not used is free again, though the lines were approved.
    released             boolean     not null default false,
    cancelled_at         timestamptz,
    cancel_reason        text,
    -- Where the money goes, as `domain::adjudication::Amounts`; null in a draft.
    totals               jsonb,
    -- What became of each line, as `domain::preauthorization_line::PreauthorizationLine`.
    lines                jsonb       not null,

    constraint preauthorization_number_unique unique (number),
    -- SUBMITTED is never at rest.
    constraint preauthorization_state_known check (state in ('DRAFT', 'NOT_REQUIRED', 'APPROVED', 'PARTIALLY_APPROVED',
        'REJECTED', 'PENDED', 'INFORMATION_REQUESTED', 'USED', 'EXPIRED', 'CANCELLED')),
    constraint preauthorization_urgency_known check (urgency in ('STANDARD', 'URGENT')),
    constraint preauthorization_waits check (
        (state in ('PENDED', 'INFORMATION_REQUESTED')) = (due_at is not null and warn_at is not null)
        and (state = 'INFORMATION_REQUESTED') = (stopped_with is not null)),
    constraint preauthorization_sent check (state in ('DRAFT', 'CANCELLED') or submitted_at is not null),
    constraint preauthorization_valid check ((valid_from is null) = (valid_to is null) and valid_to >= valid_from
        and (state not in ('APPROVED', 'PARTIALLY_APPROVED', 'USED', 'EXPIRED') or valid_to is not null)),
    constraint preauthorization_cancelled check ((state = 'CANCELLED') = (cancelled_at is not null)),
    constraint preauthorization_two_parties check (payer_id <> facility_id)
) with (fillfactor = 80);

create index preauthorization_facility_newest on preauthorization (facility_id, preauthorization_id desc);
create index preauthorization_payer_newest on preauthorization (payer_id, preauthorization_id desc) where state <> 'DRAFT';
create index preauthorization_visit on preauthorization (visit_id);
create index preauthorization_member on preauthorization (member_number_hash, preauthorization_id desc);
create index preauthorization_warned on preauthorization (warn_at)
    where state in ('PENDED', 'INFORMATION_REQUESTED') and warned_at is null;
create index preauthorization_due on preauthorization (due_at)
    where state = 'INFORMATION_REQUESTED' or (state = 'PENDED' and escalated_at is null);
create index preauthorization_overdue on preauthorization (due_at) where state = 'PENDED';
create index preauthorization_ending on preauthorization (valid_to)
    where state in ('APPROVED', 'PARTIALLY_APPROVED') or (state = 'USED' and not released);

-- What the payer asked, and the facility's answer.
create table preauthorization_question (
    preauthorization_id uuid        not null references preauthorization (preauthorization_id),
    -- From 1.
    number              integer     not null,
    facility_id         uuid        not null,
    payer_id            uuid        not null,
    sealed_question     bytea       not null,
    documents           text[]      not null,
    asked_by            uuid        not null,
    asked_at            timestamptz not null,
    due_at              timestamptz not null,
    sealed_answer       bytea,
    document_ids        uuid[]      not null default '{}',
    answered_by         uuid,
    answered_at         timestamptz,
    primary key (preauthorization_id, number),
    constraint preauthorization_question_answered check (num_nulls(sealed_answer, answered_by, answered_at) in (0, 3))
);

-- A draft is the facility's own.
alter table preauthorization enable row level security;
alter table preauthorization force row level security;
create policy preauthorization_parties on preauthorization
    using (caller_is_system() or facility_id = caller_organization()
        or (payer_id = caller_organization() and state <> 'DRAFT'))
    with check (caller_is_system() or facility_id = caller_organization() or payer_id = caller_organization());

alter table preauthorization_question enable row level security;
alter table preauthorization_question force row level security;
create policy preauthorization_question_parties on preauthorization_question
    using (caller_is_system() or facility_id = caller_organization() or payer_id = caller_organization())
    with check (caller_is_system() or facility_id = caller_organization() or payer_id = caller_organization());

grant select, insert, update on preauthorization, preauthorization_question to visits_app;
grant usage on sequence preauthorization_number_sequence to visits_app;
