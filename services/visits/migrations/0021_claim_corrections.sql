-- Corrections of paid claims: another claim takes its place, or it is voided; what was paid of it is taken back by a payment
-- advice, and what an advice would come to below nothing is carried forward to the next.
alter table claim
    add column corrected_at timestamptz,
    -- A few words without clinical detail.
    add column correction_reason text,
    -- The paid claim whose place it takes, and what the member was told to pay of that.
    add column corrects uuid references claim (claim_id),
    add column former_patient bigint,
    add column corrected_as uuid references claim (claim_id) deferrable initially deferred,
    drop constraint claim_state_known,
    add constraint claim_state_known check (state in ('DRAFT', 'SUBMITTED', 'IN_REVIEW', 'APPROVED', 'PARTIALLY_APPROVED',
        'REJECTED', 'IN_PAYMENT', 'PAID', 'RECALLED', 'APPEALED', 'UPHELD', 'OVERTURNED', 'CORRECTED', 'VOIDED')),
    -- What takes a paid claim's place keeps its number of resubmissions.
    drop constraint claim_chain,
    add constraint claim_chain check (resubmission >= 0 and (resubmits is null or resubmission > 0)
        and (resubmission = 0 or resubmits is not null or corrects is not null)),
    add constraint claim_correction check ((state in ('CORRECTED', 'VOIDED')) = (corrected_at is not null)
        and (state = 'CORRECTED') = (corrected_as is not null) and (corrects is null) = (former_patient is null)
        and (corrects is null or resubmits is null));

drop index claim_reference_once;
create unique index claim_reference_once on claim (facility_id, payer_id, external_reference, resubmission)
    where external_reference is not null and state not in ('RECALLED', 'CORRECTED', 'VOIDED');
create unique index claim_corrected_once on claim (corrects) where corrects is not null;
create index claim_to_take_back on claim (payer_id, facility_id)
    where state in ('CORRECTED', 'VOIDED') and advised > 0;
create index claim_corrected_as on claim (corrected_as) where corrected_as is not null;

alter table payment_advice
    -- What earlier advices left below nothing, and what this one does.
    add column brought_forward bigint not null default 0,
    add column carried_forward bigint not null default 0,
    drop constraint payment_advice_total_positive,
    add constraint payment_advice_total_not_negative check (total >= 0 and claims > 0 and brought_forward <= 0
        and carried_forward <= 0 and (total = 0 or carried_forward = 0));

-- What a facility still owes a payer after its latest advice in a currency; below nothing.
create table payment_balance (
    payer_id        uuid   not null,
    facility_id     uuid   not null,
    currency        text   not null,
    carried_forward bigint not null,
    primary key (payer_id, facility_id, currency),
    constraint payment_balance_not_positive check (carried_forward <= 0)
);
alter table payment_balance enable row level security;
alter table payment_balance force row level security;
create policy payment_balance_payer on payment_balance
    using (caller_is_system() or payer_id = caller_organization())
    with check (caller_is_system() or payer_id = caller_organization());
grant select, insert, update on payment_balance to visits_app;
