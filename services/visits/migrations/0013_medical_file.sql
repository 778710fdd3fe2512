-- Consents, and the documents of other facilities that were opened to a visit.
create table visit_consent (
    visit_id     uuid primary key references visit (visit_id),
    facility_id  uuid        not null,
    payer_id     uuid        not null,
    member_id    uuid        not null,
    form         text        not null,
    given_at     timestamptz not null,
    given_by     uuid        not null,
    withdrawn_at timestamptz,
    withdrawn_by uuid,
    constraint visit_consent_form_known check (form in ('SPOKEN', 'WRITTEN', 'BY_GUARDIAN')),
    constraint visit_consent_withdrawn check ((withdrawn_at is null) = (withdrawn_by is null))
);

alter table visit_consent enable row level security;
alter table visit_consent force row level security;
create policy visit_consent_facility on visit_consent
    using (caller_is_system() or facility_id = caller_organization())
    with check (caller_is_system() or facility_id = caller_organization());
create policy visit_consent_payer on visit_consent for select using (payer_id = caller_organization());
create policy visit_consent_doors on visit_consent for select to current_user using (true);

-- The documents of other facilities that a visit's medical file has shown: its facility may read them by their ids as long
-- as the visit lasts. Taking the consent back closes them.
create table document_opening (
    document_id uuid        not null references document (document_id),
    visit_id    uuid        not null references visit (visit_id),
    facility_id uuid        not null,
    opened_at   timestamptz not null,
    primary key (document_id, visit_id)
);
create index document_opening_visit on document_opening (visit_id);

alter table document_opening enable row level security;
alter table document_opening force row level security;
create policy document_opening_facility on document_opening for select
    using (caller_is_system() or facility_id = caller_organization());
create policy document_opening_closed on document_opening for delete using (facility_id = caller_organization());
create policy document_opening_doors on document_opening to current_user using (true) with check (true);
create policy document_opened on document for select
    using (exists (select from document_opening o
        where o.document_id = document.document_id and o.facility_id = caller_organization()));

grant select, insert, update on visit_consent to visits_app;
grant select, delete on document_opening to visits_app;
