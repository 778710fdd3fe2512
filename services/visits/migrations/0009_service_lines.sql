-- Lines of care: what a pre-authorization asks for and what a claim claims, and what became of each line. The two share
-- one table because adjudication reads both: earlier care for duplicates and frequency, approvals for what they allow.
create table service_line (
    line_id                 uuid primary key,
    -- PREAUTHORIZATION or CLAIM, and which one.
    owner_kind              text    not null,
    owner_id                uuid    not null,
    -- The number people know it by; null while it has none.
    owner_number            text,
    payer_id                uuid    not null,
    facility_id             uuid    not null,
    visit_id                uuid    not null,
    member_id               uuid    not null,
    coverage_id             uuid    not null,
    -- Its place among its owner's lines, from 1; a line keeps that of the one it replaces.
    position                integer not null,

    -- As asked for.
    code                    text    not null,
    given_on                date    not null,
    -- Thousandths of one.
    quantity                bigint  not null,
    -- Of one, in minor units; null for the tariff's.
    unit_price              bigint,
    preauthorization_number text,

    -- As adjudicated; null before. The tariff's price stays what it was then.
    verdict                 text,
    kind                    text,
    benefit                 text,
    needs_approval          boolean not null default false,
    tariff_price            bigint,
    -- The pre-authorization's line it draws on.
    approval_id             uuid,
    -- What is approved of the quantity, and its price before any share of the patient.
    approved_quantity       bigint,
    allowed                 bigint,
    submitted               bigint,
    write_off               bigint,
    not_covered             bigint,
    deductible              bigint,
    copay                   bigint,
    coinsurance             bigint,
    over_category           bigint,
    over_ceiling            bigint,
    payer                   bigint,

    -- A reviewer's decision; null where nobody had to decide.
    decision                text,
    decided_quantity        bigint,
    decided_price           bigint,
    decided_refusal         text,
    decided_by              uuid,
    decided_at              timestamptz,

    -- Of a pre-authorization: the days on which the care may be given, both inclusive.
    approved_from           date,
    approved_to             date,

    -- Diagnoses, refusals, the reviewer's words and the trace: read by nobody but the service.
    sealed_details          bytea   not null,
    -- Whether it counts. Of a claim: for duplicates and frequency, from its submission on unless it was rejected or its
    -- claim recalled. Of a pre-authorization: as an approval, from its approval until it is cancelled; one whose days are
    -- over still allows what was given on them.
    active                  boolean not null,
    -- The line that took its place, when its owner was amended or decided anew: the ledger posts a cause once, so what
    -- was posted is never adjudicated again under the same id.
    replaced_by             uuid references service_line (line_id) deferrable initially deferred,

    constraint service_line_owner_known check (owner_kind in ('PREAUTHORIZATION', 'CLAIM')),
    constraint service_line_position_known check (position between 1 and 200),
    constraint service_line_quantity check (quantity between 1 and 999999000 and approved_quantity between 1 and quantity
        and decided_quantity > 0),
    constraint service_line_prices check (least(unit_price, tariff_price, decided_price, allowed) >= 0),
    constraint service_line_kind_known check (kind in ('SERVICE', 'MEDICINE')),
    constraint service_line_verdict_known check (verdict in ('APPROVED', 'PARTIALLY_APPROVED', 'REJECTED')),
    constraint service_line_adjudicated_whole check (num_nulls(verdict, allowed, submitted, write_off, not_covered,
        deductible, copay, coinsurance, over_category, over_ceiling, payer) in (0, 11)),
    constraint service_line_amounts check (
        least(write_off, not_covered, deductible, copay, coinsurance, over_category, over_ceiling, payer) >= 0
        and submitted = write_off + not_covered + deductible + copay + coinsurance + over_category + over_ceiling + payer),
    constraint service_line_decision_known check (decision in ('ACCEPTED', 'ADJUSTED', 'REJECTED')),
    constraint service_line_decided check (num_nulls(decision, decided_by, decided_at) in (0, 3)
        and (decision = 'REJECTED') = (decided_refusal is not null)),
    constraint service_line_approved_days check (approved_to >= approved_from),
    constraint service_line_active check (not active or (replaced_by is null and coalesce(verdict <> 'REJECTED', false)
        and (owner_kind = 'CLAIM' or (approved_from is not null and approved_to is not null))))
) with (fillfactor = 80);

-- What takes another's place is written after it was told so.
create unique index service_line_position_once on service_line (owner_id, position) where replaced_by is null;
-- The same care of a member on one day is claimed once: of the lines that count, a code and day stands in one claim, and
-- there on one line, whose quantity says how often. Adjudication tells the later one, in this claim or in another; this
-- is the database's last word, and it lets a line be claimed again that was rejected or recalled.
create unique index service_line_claimed_once on service_line (member_id, given_on, code) where active and owner_kind = 'CLAIM';
-- Earlier care, for frequency: the nearest of a benefit before and after a day.
create index service_line_given on service_line (member_id, benefit, given_on) where active and owner_kind = 'CLAIM';
-- Approvals that care may draw on, and what draws on one.
create index service_line_approval on service_line (visit_id) where active and owner_kind = 'PREAUTHORIZATION';
create index service_line_approval_number on service_line (owner_number) where active and owner_kind = 'PREAUTHORIZATION';
create index service_line_drawn on service_line (approval_id) where active and approval_id is not null;

alter table service_line enable row level security;
alter table service_line force row level security;
-- Lines that were never adjudicated are a draft's.
create policy service_line_read on service_line for select
    using (caller_is_system() or facility_id = caller_organization()
        or (payer_id = caller_organization() and verdict is not null));
create policy service_line_add on service_line for insert
    with check (caller_is_system() or facility_id = caller_organization() or payer_id = caller_organization());
create policy service_line_change on service_line for update
    using (caller_is_system() or facility_id = caller_organization() or payer_id = caller_organization())
    with check (caller_is_system() or facility_id = caller_organization() or payer_id = caller_organization());
-- Only what was never adjudicated goes: the lines of a draft that is written anew.
create policy service_line_remove on service_line for delete
    using (verdict is null and (caller_is_system() or facility_id = caller_organization()));
create policy service_line_doors on service_line for select to current_user using (true);

grant select, insert, update, delete on service_line to visits_app;
