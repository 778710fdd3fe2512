-- What a contract may say beside its kinds of care and days.
alter table contract
    -- Care of an inpatient ends with the contract's last day, and not with the discharge.
    add column inpatients_to_last_day boolean not null default false,
    -- So many days after its payment a claim may be corrected.
    add column correction_days integer not null default 365,
    add constraint contract_correction_days check (correction_days between 0 and 1095);
