-- Prescriptions: issued in a visit, found by number and member number at any contracted pharmacy, dispensed fill by fill.
create sequence prescription_number_sequence;

create table prescription (
    prescription_id     uuid primary key,
    version             bigint      not null,
    prescription_number text        not null,
    facility_id         uuid        not null,
    payer_id            uuid        not null,
    visit_id            uuid        not null references visit (visit_id),
    visit_number        text        not null,
    member_id           uuid        not null,
    -- HMAC of the member number: what a pharmacy must know beside the prescription's own.
    member_number_hash  bytea       not null,
    -- Prescriber, dose texts, diagnoses and warnings.
    sealed_content      bytea       not null,
    issued_at           timestamptz not null,
    issued_by           uuid        not null,
    -- In the zone of the facility that issued it, as is the last day, which is inclusive.
    issued_on           date        not null,
    expires_on          date        not null,
    cancelled_at        timestamptz,
    sealed_reason       bytea,
    constraint prescription_number_unique unique (prescription_number),
    constraint prescription_cancelled check ((cancelled_at is null) = (sealed_reason is null))
);
create index prescription_visit_newest on prescription (visit_id, prescription_id desc);
create index prescription_member_running on prescription (member_id, expires_on) where cancelled_at is null;

create table prescription_line (
    prescription_id      uuid     not null references prescription (prescription_id),
    line_number          smallint not null,
    payer_id             uuid     not null,
    facility_id          uuid     not null,
    member_id            uuid     not null,
    -- In the payer's tariff; null when it has none.
    code                 text,
    atc                  text,
    name                 text     not null,
    form                 text     not null,
    strength             text     not null,
    days                 smallint not null,
    -- Of one fill, in thousandths.
    quantity             bigint   not null,
    refills              smallint not null,
    substitution_allowed boolean  not null,
    formulary            text     not null,
    -- Of all fills, in thousandths: the last word on how much may be handed out.
    dispensed            bigint   not null default 0,
    -- The day on which the fill that was begun last was begun.
    fill_begun_on        date,
    primary key (prescription_id, line_number),
    constraint prescription_line_counts check (quantity > 0 and days > 0 and refills >= 0),
    constraint prescription_line_never_more check (dispensed between 0 and quantity * (refills + 1)),
    constraint prescription_line_begun check ((dispensed = 0) = (fill_begun_on is null)),
    constraint prescription_line_formulary_known check (formulary in
        ('COVERED', 'PREAUTHORIZATION_NEEDED', 'NOT_COVERED', 'NOT_IN_FORMULARY'))
);

-- Every hand-out. Only ever added.
create table dispensing (
    dispensing_id   uuid primary key,
    prescription_id uuid        not null,
    line_number     smallint    not null,
    facility_id     uuid        not null,
    payer_id        uuid        not null,
    issued_by_id    uuid        not null,
    fill            smallint    not null,
    quantity        bigint      not null,
    substitute      text,
    at              timestamptz not null,
    by              uuid        not null,
    -- The first entry of a fill begins it: of two that would begin the same one, the second meets this.
    begins          boolean     not null,
    foreign key (prescription_id, line_number) references prescription_line (prescription_id, line_number),
    constraint dispensing_quantity_positive check (quantity > 0 and fill > 0)
);
create unique index dispensing_fill_begun_once on dispensing (prescription_id, line_number, fill) where begins;
create index dispensing_prescription on dispensing (prescription_id, at);

-- Which pharmacies found a prescription: they may read and dispense it.
create table prescription_finding (
    prescription_id uuid        not null references prescription (prescription_id),
    facility_id     uuid        not null,
    found_at        timestamptz not null,
    primary key (prescription_id, facility_id)
);

alter table prescription_finding enable row level security;
alter table prescription_finding force row level security;
create policy prescription_finding_own on prescription_finding for select
    using (caller_is_system() or facility_id = caller_organization());
create policy prescription_finding_doors on prescription_finding to current_user using (true) with check (true);

alter table prescription enable row level security;
alter table prescription force row level security;
create policy prescription_parties on prescription
    using (caller_is_system() or facility_id = caller_organization() or payer_id = caller_organization()
        or exists (select from prescription_finding f
                   where f.prescription_id = prescription.prescription_id and f.facility_id = caller_organization()))
    with check (caller_is_system() or facility_id = caller_organization()
        or exists (select from prescription_finding f
                   where f.prescription_id = prescription.prescription_id and f.facility_id = caller_organization()));
create policy prescription_doors on prescription for select to current_user using (true);

alter table prescription_line enable row level security;
alter table prescription_line force row level security;
create policy prescription_line_parties on prescription_line
    using (caller_is_system() or facility_id = caller_organization() or payer_id = caller_organization()
        or exists (select from prescription_finding f
                   where f.prescription_id = prescription_line.prescription_id and f.facility_id = caller_organization()))
    with check (caller_is_system() or facility_id = caller_organization()
        or exists (select from prescription_finding f
                   where f.prescription_id = prescription_line.prescription_id and f.facility_id = caller_organization()));
create policy prescription_line_doors on prescription_line for select to current_user using (true);

alter table dispensing enable row level security;
alter table dispensing force row level security;
create policy dispensing_parties on dispensing for select
    using (caller_is_system() or facility_id = caller_organization() or payer_id = caller_organization()
        or issued_by_id = caller_organization()
        or exists (select from prescription_finding f
                   where f.prescription_id = dispensing.prescription_id and f.facility_id = caller_organization()));
create policy dispensing_pharmacy on dispensing for insert
    with check (caller_is_system() or facility_id = caller_organization());

grant select, insert, update on prescription, prescription_line to visits_app;
grant select, insert on dispensing to visits_app;
grant select on prescription_finding to visits_app;
grant usage on sequence prescription_number_sequence to visits_app;
