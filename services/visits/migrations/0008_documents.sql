-- The medical documents of visits. The files are objects elsewhere; here is what is known of them, the key each is
-- sealed with, and to whom a claim or a pre-authorization has shown them.
create table document (
    document_id       uuid primary key,
    version           bigint      not null,
    visit_id          uuid        not null references visit (visit_id),
    facility_id       uuid        not null,
    kind              text        not null,
    -- What it is called is clinical: sealed under the service's master key.
    sealed_title      bytea       not null,
    sealed_file_name  bytea,
    -- Of the content, as it was found to be.
    media_type        text        not null,
    size_bytes        bigint      not null,
    sha256            bytea       not null,
    -- The document's own key, sealed under the key of the settings that has this name.
    key_id            text        not null,
    sealed_key        bytea       not null,
    added_by          uuid        not null,
    added_at          timestamptz not null,
    -- Entered in error. It stays: a claim may cite it.
    retracted_by      uuid,
    retracted_at      timestamptz,
    sealed_retraction bytea,
    constraint document_kind_known check (kind in ('LAB_RESULT', 'IMAGING', 'INVOICE', 'REFERRAL',
        'DISCHARGE_SUMMARY', 'CONSENT', 'PRESCRIPTION', 'OTHER')),
    constraint document_media_type_known check (media_type in ('application/pdf', 'image/jpeg', 'image/png',
        'image/tiff', 'application/dicom', 'text/plain')),
    constraint document_size check (size_bytes > 0),
    constraint document_sha256_length check (length(sha256) = 32),
    constraint document_retracted_whole check ((retracted_at is null) = (retracted_by is null)
        and (retracted_at is null) = (sealed_retraction is null))
);
create index document_visit_newest on document (visit_id, document_id desc);
create index document_key on document (key_id);

-- A document that a claim or a pre-authorization shows to its payer.
create table document_citation (
    document_id uuid        not null references document (document_id),
    facility_id uuid        not null,
    payer_id    uuid        not null,
    -- The claim or the pre-authorization.
    cited_by    uuid        not null,
    kind        text        not null,
    cited_at    timestamptz not null,
    primary key (document_id, cited_by),
    constraint document_citation_kind_known check (kind in ('CLAIM', 'PREAUTHORIZATION'))
);
create index document_citation_payer on document_citation (payer_id, document_id);
create index document_citation_cited_by on document_citation (cited_by);

alter table document_citation enable row level security;
alter table document_citation force row level security;
create policy document_citation_facility on document_citation
    using (caller_is_system() or facility_id = caller_organization())
    with check (caller_is_system() or facility_id = caller_organization());
create policy document_citation_payer on document_citation for select
    using (payer_id = caller_organization());

alter table document enable row level security;
alter table document force row level security;
create policy document_facility on document
    using (caller_is_system() or facility_id = caller_organization())
    with check (caller_is_system() or facility_id = caller_organization());
create policy document_cited on document for select
    using (exists (select from document_citation c
        where c.document_id = document.document_id and c.payer_id = caller_organization()));
-- The medical file's function reads what other facilities recorded, and asks by itself who calls.
create policy document_doors on document for select to current_user using (true);

-- What a document is never changes, and nothing is ever deleted.
grant select, insert on document, document_citation to visits_app;
grant update (version, key_id, sealed_key, retracted_by, retracted_at, sealed_retraction) on document to visits_app;
