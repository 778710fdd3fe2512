-- Claims: what a facility claims for the care of a visit, and what the payer decides and pays. Their lines stand in
-- service_line.
create sequence claim_number_sequence;
create sequence payment_advice_number_sequence;

create table claim (
    claim_id             uuid primary key,
    version              bigint      not null,
    number               text        not null,
    state                text        not null,

    visit_id             uuid        not null references visit (visit_id),
    visit_number         text        not null,
    facility_id          uuid        not null,
    payer_id             uuid        not null,
    member_id            uuid        not null,
    coverage_id          uuid        not null,
    -- HMAC of the member number, as the visit has it.
    identifier_hash      bytea       not null,
    service_date         date        not null,
    service_type         text        not null,
    currency             text        not null,

    external_reference   text,
    -- HMAC of what was claimed: tells whether a list brings the same again.
    content_hash         bytea       not null,
    document_ids         uuid[]      not null default '{}',
    created_at           timestamptz not null,
    submit_by            date        not null,
    submitted_at         timestamptz,
    review_reasons       text[]      not null default '{}',

    -- The sums of its lines; null before it is adjudicated.
    submitted            bigint,
    write_off            bigint,
    not_covered          bigint,
    deductible           bigint,
    copay            bigint,
    coinsurance          bigint,
    over_category        bigint,
    over_ceiling         bigint,
    payer                bigint,
    decided_at           timestamptz,
    appeal_by            date,

    recalled_at          timestamptz,
    -- A few words without clinical detail.
    recall_reason        text,

    appealed_at          timestamptz,
    sealed_appeal        bytea,
    appeal_document_ids  uuid[]      not null default '{}',
    appeal_answered_at   timestamptz,
    sealed_appeal_answer bytea,

    -- How often the first claim of its chain was resubmitted, this one included.
    resubmission         integer     not null default 0,
    resubmits            uuid references claim (claim_id),
    resubmitted_as       uuid references claim (claim_id) deferrable initially deferred,

    -- What payment advices name of it so far.
    advised              bigint      not null default 0,
    payment_advice_id    uuid,
    payment_reference    text,
    paid_on              date,

    constraint claim_number_unique unique (number),
    constraint claim_state_known check (state in ('DRAFT', 'SUBMITTED', 'IN_REVIEW', 'APPROVED', 'PARTIALLY_APPROVED',
        'REJECTED', 'IN_PAYMENT', 'PAID', 'RECALLED', 'APPEALED', 'UPHELD', 'OVERTURNED')),
    constraint claim_submitted check (state in ('DRAFT', 'RECALLED') or submitted_at is not null),
    constraint claim_decided check (state in ('DRAFT', 'SUBMITTED', 'IN_REVIEW', 'RECALLED') or decided_at is not null),
    constraint claim_amounts check (submitted is null
        or (least(write_off, not_covered, deductible, copay, coinsurance, over_category, over_ceiling, payer) >= 0
            and submitted = write_off + not_covered + deductible + copay + coinsurance + over_category
                + over_ceiling + payer)),
    constraint claim_amounts_whole check (num_nulls(submitted, write_off, not_covered, deductible, copay,
        coinsurance, over_category, over_ceiling, payer) in (0, 9)),
    constraint claim_rejected_pays_nothing check (state <> 'REJECTED' or payer = 0),
    -- No money is named twice.
    constraint claim_advised check (advised between 0 and coalesce(payer, 0)),
    constraint claim_paid check ((state <> 'PAID' or paid_on is not null)
        and (state not in ('IN_PAYMENT', 'PAID') or payment_advice_id is not null)),
    constraint claim_recalled check ((state = 'RECALLED') = (recalled_at is not null)),
    constraint claim_appealed check (state not in ('APPEALED', 'UPHELD', 'OVERTURNED') or appealed_at is not null),
    constraint claim_chain check ((resubmission = 0) = (resubmits is null) and resubmission >= 0)
) with (fillfactor = 80);

-- One claim per reference of a facility and payer; what takes a rejected claim's place keeps its reference.
create unique index claim_reference_once on claim (facility_id, payer_id, external_reference, resubmission)
    where external_reference is not null and state <> 'RECALLED';
create unique index claim_resubmitted_once on claim (resubmits) where resubmits is not null and state <> 'RECALLED';
create index claim_facility_newest on claim (facility_id, claim_id desc);
create index claim_payer_newest on claim (payer_id, claim_id desc) where submitted_at is not null;
create index claim_member_newest on claim (identifier_hash, claim_id desc);
create index claim_visit on claim (visit_id);
create index claim_payable on claim (payer_id, facility_id, decided_at)
    where state in ('APPROVED', 'PARTIALLY_APPROVED', 'UPHELD', 'OVERTURNED');
create index claim_advice on claim (payment_advice_id) where payment_advice_id is not null;

-- What a payer announces that it pays a facility.
create table payment_advice (
    payment_advice_id uuid primary key,
    version           bigint      not null,
    number            text        not null,
    state             text        not null,
    payer_id          uuid        not null,
    facility_id       uuid        not null,
    currency          text        not null,
    -- The sum of its lines.
    total             bigint      not null,
    claims            integer     not null,
    reference         text,
    created_at        timestamptz not null,
    payment_reference text,
    paid_on           date,
    constraint payment_advice_number_unique unique (number),
    constraint payment_advice_state_known check (state in ('ANNOUNCED', 'PAID')),
    constraint payment_advice_total_positive check (total > 0 and claims > 0),
    constraint payment_advice_paid check ((state = 'PAID') = (paid_on is not null))
);
create index payment_advice_payer_newest on payment_advice (payer_id, payment_advice_id desc);
create index payment_advice_facility_newest on payment_advice (facility_id, payment_advice_id desc);

-- What an advice pays of a line of a claim. Never changed.
create table payment_advice_line (
    payment_advice_id uuid    not null references payment_advice (payment_advice_id),
    claim_id          uuid    not null references claim (claim_id),
    -- The line's number in the claim.
    position          integer not null,
    code              text    not null,
    payer_id          uuid    not null,
    facility_id       uuid    not null,
    -- Below nothing where an overturned decision moved money to another line.
    amount            bigint  not null,
    primary key (payment_advice_id, claim_id, position)
);
create index payment_advice_line_claim on payment_advice_line (claim_id, position);

alter table claim enable row level security;
alter table claim force row level security;
-- A payer sees what it was sent.
create policy claim_parties on claim
    using (caller_is_system() or facility_id = caller_organization()
        or (payer_id = caller_organization() and submitted_at is not null))
    with check (caller_is_system() or facility_id = caller_organization()
        or (payer_id = caller_organization() and submitted_at is not null));

alter table payment_advice enable row level security;
alter table payment_advice force row level security;
create policy payment_advice_read on payment_advice for select
    using (caller_is_system() or facility_id = caller_organization() or payer_id = caller_organization());
create policy payment_advice_write on payment_advice
    using (caller_is_system() or payer_id = caller_organization())
    with check (caller_is_system() or payer_id = caller_organization());

alter table payment_advice_line enable row level security;
alter table payment_advice_line force row level security;
create policy payment_advice_line_read on payment_advice_line for select
    using (caller_is_system() or facility_id = caller_organization() or payer_id = caller_organization());
create policy payment_advice_line_add on payment_advice_line for insert
    with check (caller_is_system() or payer_id = caller_organization());

grant select, insert, update on claim, payment_advice to visits_app;
grant select, insert on payment_advice_line to visits_app;
grant usage on sequence claim_number_sequence, payment_advice_number_sequence to visits_app;
