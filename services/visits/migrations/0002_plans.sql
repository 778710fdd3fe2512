-- Kinds of care. A table, so that a new one is a row and not a release.
create table service_type (
    code     text primary key,
    position integer not null,
    -- Its name by language.
    names    jsonb   not null,
    constraint service_type_code_form check (code ~ '^[A-Z][A-Z_]{1,39}$'),
    constraint service_type_position_once unique (position),
    constraint service_type_names_given check (jsonb_typeof(names) = 'object' and names ? 'en')
);

insert into service_type (code, position, names) values
    ('INPATIENT', 1, '{"en": "Inpatient", "fr": "Hospitalisation", "rw": "Kuvurwa uri mu bitaro", "vi": "Nội trú", "ro": "Internare"}'),
    ('OUTPATIENT', 2, '{"en": "Outpatient", "fr": "Soins ambulatoires", "rw": "Kwivuza utaha", "vi": "Ngoại trú", "ro": "Ambulatoriu"}'),
    ('DENTAL', 3, '{"en": "Dental", "fr": "Soins dentaires", "rw": "Amenyo", "vi": "Nha khoa", "ro": "Stomatologie"}'),
    ('OPTICAL', 4, '{"en": "Optical", "fr": "Optique", "rw": "Amaso", "vi": "Nhãn khoa", "ro": "Optică"}'),
    ('WELLNESS', 5, '{"en": "Wellness", "fr": "Bien-être", "rw": "Kwita ku buzima", "vi": "Chăm sóc sức khỏe", "ro": "Prevenție"}');

-- Plans and their versions. A version never changes: coverages made with it keep it.
create table plan (
    plan_id        uuid primary key,
    payer_id       uuid        not null,
    code           text        not null,
    currency       text        not null,
    latest_version integer     not null,
    created_at     timestamptz not null,
    constraint plan_code_once unique (payer_id, code),
    constraint plan_version_positive check (latest_version > 0)
);
create index plan_payer_newest on plan (payer_id, plan_id desc);

create table plan_version (
    plan_id    uuid        not null references plan (plan_id),
    version    integer     not null,
    payer_id   uuid        not null,
    -- The whole of it, as `domain::plan::PlanDefinition`.
    definition jsonb       not null,
    -- Whether some limit depends on the size of the family, which then has to be counted.
    grows      boolean     not null,
    created_at timestamptz not null,
    primary key (plan_id, version)
);

create function plan_version_immutable() returns trigger language plpgsql as $$
begin
    raise exception 'a version of a plan is never changed'
        using errcode = 'check_violation', constraint = 'plan_version_immutable';
end $$;
create trigger plan_version_immutable before update or delete on plan_version
    for each row execute function plan_version_immutable();

-- The owner's policies serve the views and functions it owns: they are the only doors for a facility, and each
-- checks its caller. The service itself runs as the app role, which no policy of the owner reaches.
alter table plan enable row level security;
alter table plan force row level security;
create policy plan_payer on plan
    using (caller_is_system() or payer_id = caller_organization())
    with check (caller_is_system() or payer_id = caller_organization());

alter table plan_version enable row level security;
alter table plan_version force row level security;
create policy plan_version_payer on plan_version
    using (caller_is_system() or payer_id = caller_organization())
    with check (caller_is_system() or payer_id = caller_organization());
create policy plan_version_doors on plan_version for select to current_user using (true);

grant select on service_type to visits_app;
grant select, insert, update on plan to visits_app;
grant select, insert on plan_version to visits_app;
