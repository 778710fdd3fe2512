-- Which organization came of an interest form: the form registers one and no second.
create table partner_registration (
    interest_form_id uuid primary key,
    organization_id uuid not null references organization,
    created_at timestamptz not null
);
alter table partner_registration enable row level security;
alter table partner_registration force row level security;
-- Only Careway itself registers for a form; whoever decides about forms is asked by the context that has them.
create policy partner_registration_system on partner_registration
    using (caller_is_system()) with check (caller_is_system());
grant select, insert on partner_registration to identity_app;
