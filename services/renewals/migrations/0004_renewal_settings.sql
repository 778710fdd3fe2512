-- What an authority says of contributions, periods and the list: `domain::RenewalSettings`, whole.
create table renewal_settings (
    authority_id uuid primary key,
    settings     jsonb       not null,
    version      bigint      not null,
    updated_at   timestamptz not null
);
alter table renewal_settings enable row level security;
alter table renewal_settings force row level security;
-- An appointed agency quotes by them.
create policy renewal_settings_read on renewal_settings for select
    using (caller_is_system() or authority_id = caller_organization()
           or exists (select from agency a
                      where a.authority_id = renewal_settings.authority_id and a.agency_id = caller_organization()
                        and a.state = 'APPOINTED'));
create policy renewal_settings_write on renewal_settings
    using (caller_is_system() or authority_id = caller_organization())
    with check (caller_is_system() or authority_id = caller_organization());
grant select, insert, update on renewal_settings to renewals_app;
