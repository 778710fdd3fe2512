-- Once a day an agency is told of contacts that became suspect.
create table contact_digest (
    contact_digest_id uuid primary key,
    agency_id uuid        not null,
    -- By the agency's own clock.
    day       date        not null,
    told_at   timestamptz not null,
    constraint contact_digest_once unique (agency_id, day)
);
alter table contact_digest enable row level security;
alter table contact_digest force row level security;
create policy contact_digest_agency on contact_digest
    using (caller_is_system() or agency_id = caller_organization())
    with check (caller_is_system() or agency_id = caller_organization());
grant select, insert, update, delete on contact_digest to renewals_app;
drop index participant_suspect;
create index participant_suspect on participant (agency_id, suspect_at)
    where suspect_at is not null and (mobile_suspect or email_suspect);
