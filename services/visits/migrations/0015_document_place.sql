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
grant select on document_place to visits_app;
