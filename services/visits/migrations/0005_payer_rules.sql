-- A payer's own rules for visits; without a row the defaults hold.
create table payer_visit_rules (
    payer_id               uuid primary key,
    admission_notice_hours integer     not null,
    version                bigint      not null,
    updated_at             timestamptz not null,
    constraint payer_visit_rules_hours check (admission_notice_hours between 1 and 720)
);

-- A payer's own rules for pre-authorizations and claims; without a row the defaults hold.
create table payer_claim_rules (
    payer_id                        uuid primary key,
    -- What is in order and costs the payer at most this is decided without review; null: nothing is.
    automatic_up_to                 bigint,
    automatic_currency              text,
    submission_deadline_day         integer     not null,
    resubmissions_most              integer     not null,
    appeal_days                     integer     not null,
    preauthorization_urgent_hours   integer     not null,
    preauthorization_standard_hours integer     not null,
    information_hours               integer     not null,
    preauthorization_valid_days     integer     not null,
    medical_file_sharing            text        not null,
    version                         bigint      not null,
    updated_at                      timestamptz not null,
    constraint payer_claim_rules_automatic check (automatic_up_to >= 0
        and (automatic_up_to is null) = (automatic_currency is null)),
    constraint payer_claim_rules_days check (submission_deadline_day between 1 and 28 and appeal_days between 0 and 365
        and preauthorization_valid_days between 1 and 365),
    constraint payer_claim_rules_hours check (preauthorization_urgent_hours between 1 and 720
        and preauthorization_standard_hours between 1 and 2160 and information_hours between 1 and 720),
    constraint payer_claim_rules_resubmissions check (resubmissions_most between 0 and 10),
    constraint payer_claim_rules_sharing_known check (medical_file_sharing in ('NEVER', 'WITH_CONSENT', 'ALWAYS'))
);

alter table payer_visit_rules enable row level security;
alter table payer_visit_rules force row level security;
create policy payer_visit_rules_read on payer_visit_rules for select
    using (caller_is_system() or caller_organization() is not null);
create policy payer_visit_rules_write on payer_visit_rules
    using (caller_is_system() or payer_id = caller_organization())
    with check (caller_is_system() or payer_id = caller_organization());

alter table payer_claim_rules enable row level security;
alter table payer_claim_rules force row level security;
create policy payer_claim_rules_payer on payer_claim_rules
    using (caller_is_system() or payer_id = caller_organization())
    with check (caller_is_system() or payer_id = caller_organization());
-- The facilities that the payer has, or had, a contract with.
create policy payer_claim_rules_contracted on payer_claim_rules for select
    using (payer_id in (select k.payer_id from contract k where k.facility_id = caller_organization()));
create policy payer_claim_rules_doors on payer_claim_rules for select to current_user using (true);

grant select, insert, update on payer_visit_rules, payer_claim_rules to visits_app;
