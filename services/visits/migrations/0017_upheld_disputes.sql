-- A payer that upholds a dispute takes back what the visit opened: no patient was there to consent to it.
create policy visit_consent_upheld on visit_consent for update
    using (payer_id = caller_organization()) with check (payer_id = caller_organization());
create policy document_opening_payer on document_opening for select
    using (exists (select from visit v
        where v.visit_id = document_opening.visit_id and v.payer_id = caller_organization()));
create policy document_opening_upheld on document_opening for delete
    using (exists (select from visit v
        where v.visit_id = document_opening.visit_id and v.payer_id = caller_organization()));
