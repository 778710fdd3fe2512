-- The files of cases. They are objects elsewhere; here is what is known of them, and the key each is sealed with.
create table case_attachment (
    attachment_id    uuid primary key,
    -- Whoever sees it: until a message has it the uploader's organization, then the case's.
    organization_id  uuid        not null,
    -- The case that it was uploaded for or belongs to.
    case_id          uuid references support_case (case_id),
    -- The message that has it.
    message_id       uuid references case_message (message_id),
    -- Of a note among support's people.
    internal         boolean     not null,
    -- The person or the API client; none when it came by mail.
    uploaded_by      uuid,
    uploaded_at      timestamptz not null,
    -- Sealed under the service's master key, bound to this row; gone when it was redacted.
    sealed_file_name bytea,
    availability     text        not null,
    -- Of the content, as it was found to be.
    media_type       text        not null,
    size_bytes       bigint      not null,
    sha256           bytea       not null,
    -- The file's own key, sealed under the key of the settings that has this name; none of what was not kept or is gone.
    key_id           text,
    sealed_key       bytea,
    constraint case_attachment_availability_known check (availability in ('AVAILABLE', 'BLOCKED', 'INFECTED', 'REDACTED')),
    constraint case_attachment_size check (size_bytes >= 0),
    constraint case_attachment_sha256_length check (length(sha256) = 32),
    constraint case_attachment_kept check ((key_id is null) = (sealed_key is null)
        and (key_id is null) = (availability in ('INFECTED', 'REDACTED') or size_bytes = 0)),
    constraint case_attachment_of_a_case check (message_id is null or case_id is not null)
);
create index case_attachment_message on case_attachment (message_id, attachment_id) where message_id is not null;
create index case_attachment_unbound on case_attachment (uploaded_at) where message_id is null;
create index case_attachment_uploader on case_attachment (uploaded_by) where message_id is null;
create index case_attachment_key on case_attachment (key_id);

alter table case_attachment enable row level security;
alter table case_attachment force row level security;
create policy case_attachment_parties on case_attachment
    using (caller_is_system() or caller_is_platform() or (organization_id = caller_organization() and not internal))
    with check (caller_is_system() or caller_is_platform() or (organization_id = caller_organization() and not internal));
grant select, insert, delete on case_attachment to cases_app;
grant update (organization_id, case_id, message_id, internal, sealed_file_name, availability, key_id, sealed_key)
    on case_attachment to cases_app;

-- Which database this is, made with it and another in every other: it stands in the place of the files too, so that what
-- this database does not know is removed there and nowhere else.
create table document_place (
    database_id uuid    not null default gen_random_uuid(),
    -- There is one.
    one         boolean primary key default true,
    constraint document_place_one check (one)
);
insert into document_place default values;

alter table document_place enable row level security;
alter table document_place force row level security;
create policy document_place_system on document_place using (caller_is_system());
grant select on document_place to cases_app;
