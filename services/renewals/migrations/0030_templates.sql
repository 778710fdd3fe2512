-- The words of reminders. A version never changes: whoever approved a campaign approved these very words.
create table message_template (
    template_id uuid primary key,
    owner_id    uuid        not null,
    purpose     text        not null constraint message_template_purpose check (purpose in ('DUE', 'LAPSED')),
    channel     text        not null constraint message_template_channel check (channel in ('SMS', 'EMAIL')),
    language    text        not null,
    version     bigint      not null,
    created_at  timestamptz not null
);
create index message_template_owner on message_template (owner_id, template_id desc);
alter table message_template enable row level security;
alter table message_template force row level security;
-- An agency uses those of the authorities that appointed it; an authority reads what its agencies say in its name.
create policy message_template_parties on message_template for select
    using (caller_is_system() or owner_id = caller_organization() or exists (
        select from agency a
        where (a.authority_id = owner_id and a.agency_id = caller_organization())
           or (a.agency_id = owner_id and a.authority_id = caller_organization())));
create policy message_template_owner on message_template
    using (caller_is_system() or owner_id = caller_organization())
    with check (caller_is_system() or owner_id = caller_organization());

create table message_template_version (
    template_id uuid        not null references message_template,
    version     bigint      not null,
    name        text        not null,
    subject     text        not null,
    plain_body  text        not null,
    marked_body text        not null,
    changed_by  text        not null,
    changed_at  timestamptz not null,
    primary key (template_id, version)
);
alter table message_template_version enable row level security;
alter table message_template_version force row level security;
-- Of whoever sees the template; written by whoever may change it.
create policy message_template_version_parties on message_template_version for select
    using (caller_is_system() or exists (
        select from message_template t where t.template_id = message_template_version.template_id));
create policy message_template_version_owner on message_template_version
    using (caller_is_system() or exists (
        select from message_template t
        where t.template_id = message_template_version.template_id and t.owner_id = caller_organization()))
    with check (caller_is_system() or exists (
        select from message_template t
        where t.template_id = message_template_version.template_id and t.owner_id = caller_organization()));

grant select, insert, update on message_template to renewals_app;
grant select, insert on message_template_version to renewals_app;
