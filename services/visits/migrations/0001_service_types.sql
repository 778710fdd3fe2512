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

do $$
declare app text := replace(current_user, '_owner', '_app');
begin
    execute format('grant select on service_type to %I', app);
end $$;
