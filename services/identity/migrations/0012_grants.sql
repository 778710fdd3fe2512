-- Who answers for an API client, and since when a client is out because its maker is; sessions that end with a role.

alter table api_client
    add column created_by uuid references account,
    -- Its maker was disabled: it gets no tokens until somebody else takes it over by a new secret.
    add column disabled_at timestamptz;
create index api_client_maker on api_client (organization_id, created_by)
    where deleted_at is null and disabled_at is null;
create index api_client_disabled on api_client (disabled_at) where disabled_at is not null;

alter table session drop constraint session_end_reason_check;
alter table session add constraint session_end_reason_check check (end_reason in
    ('SIGNED_OUT', 'SWITCHED', 'DISABLED', 'ROLES_CHANGED', 'PASSWORD_RESET', 'TOKEN_REUSED', 'ORGANIZATION_SUSPENDED'));
