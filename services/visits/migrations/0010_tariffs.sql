-- What a payer pays for which service or medicine, by date. Corrections change a row; claims keep the price they were
-- submitted with.
create table tariff (
    tariff_id     uuid primary key,
    payer_id      uuid        not null,
    -- Whose list it is; null for the payer's general one. A facility's own row wins over the general one.
    facility_id   uuid,
    code          text        not null,
    kind          text        not null,
    -- Its name by language.
    names         jsonb       not null,
    -- Code and names in small letters, for searches.
    search        text        not null,
    -- Codes of benefits; of those that lie under the visit's kind of care the first counts.
    benefits      text[]      not null,
    currency      text        not null,
    -- Of one, in minor units.
    price         bigint      not null,
    -- Thousandths; null where a line may have any quantity.
    most_quantity bigint,
    atc_code      text,
    form          text,
    strength      text,
    valid_from    date        not null,
    -- The last day as listed; null without one.
    listed_to     date,
    -- The last day it holds, inclusive: the listed one, or the day before the next row of its code.
    valid_to      date,
    created_at    timestamptz not null,
    changed_at    timestamptz not null,
    valid         daterange   not null generated always as (daterange(valid_from, valid_to, '[]')) stored,
    constraint tariff_once unique nulls not distinct (payer_id, code, facility_id, valid_from),
    constraint tariff_kind_known check (kind in ('SERVICE', 'MEDICINE')),
    constraint tariff_benefits_given check (cardinality(benefits) > 0),
    constraint tariff_price_not_negative check (price >= 0),
    constraint tariff_most_quantity check (most_quantity between 1 and 999999000),
    constraint tariff_dates check (listed_to >= valid_from and valid_to >= valid_from),
    constraint tariff_medicine check (kind = 'MEDICINE' or num_nonnulls(atc_code, form, strength) = 0),
    -- Deferred: an import moves the last days of several rows of a code at once.
    constraint tariff_no_overlap exclude using gist (
        payer_id with =, (coalesce(facility_id, '00000000-0000-0000-0000-000000000000'::uuid)) with =, code with =,
        valid with &&) deferrable initially deferred
);
create index tariff_facility on tariff (facility_id) where facility_id is not null;

alter table tariff enable row level security;
alter table tariff force row level security;
create policy tariff_payer on tariff
    using (caller_is_system() or payer_id = caller_organization())
    with check (caller_is_system() or payer_id = caller_organization());
-- A facility reads the general lists of the payers it has, or had, a contract with, and its own.
create policy tariff_contracted on tariff for select
    using ((facility_id is null or facility_id = caller_organization()) and payer_id in (
        select k.payer_id from contract k where k.facility_id = caller_organization()));
create policy tariff_doors on tariff for select to current_user using (true);

grant select, insert, update on tariff to visits_app;
