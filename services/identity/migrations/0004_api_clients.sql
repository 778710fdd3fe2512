-- Partner systems. Plain SHA-256 of a secret is right: 256 random bits cannot be guessed.

create table api_client (
    client_id uuid primary key,
    organization_id uuid not null references organization,
    name text not null constraint api_client_name_check check (length(name) between 1 and 100),
    scopes text[] not null constraint api_client_scopes_check check (cardinality(scopes) >= 1),
    secret_digest bytea not null constraint api_client_secret_digest_length check (length(secret_digest) = 32),
    secret_created_at timestamptz not null,
    previous_digest bytea constraint api_client_previous_digest_length check (length(previous_digest) = 32),
    previous_expires_at timestamptz,
    created_at timestamptz not null,
    deleted_at timestamptz,
    -- Who answers for it.
    created_by uuid references account,
    -- Its maker was disabled: it gets no tokens until somebody else takes it over by a new secret.
    disabled_at timestamptz,
    constraint api_client_previous_check check ((previous_digest is null) = (previous_expires_at is null))
);
create index api_client_organization on api_client (organization_id, client_id) where deleted_at is null;
create index api_client_maker on api_client (organization_id, created_by)
    where deleted_at is null and disabled_at is null;
create index api_client_disabled on api_client (disabled_at) where disabled_at is not null;
create index api_client_deleted on api_client (deleted_at) where deleted_at is not null;
alter table api_client enable row level security;
alter table api_client force row level security;
create policy api_client_parties on api_client
    using (caller_is_system() or organization_id = caller_organization())
    with check (caller_is_system() or organization_id = caller_organization());

grant select, insert, update on api_client to identity_app;
