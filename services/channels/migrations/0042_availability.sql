-- Times at which something may be free that was not, or the other way round, until they are told to channels.
create table availability_change (
    change_id   bigint generated always as identity primary key,
    provider_id uuid        not null,
    -- Of whatever needs this resource, or of this examination.
    resource_id uuid,
    service_id  uuid,
    starts      timestamptz not null,
    -- Null: as far ahead as anybody books.
    ends        timestamptz,
    constraint availability_change_of check (num_nonnulls(resource_id, service_id) = 1)
);

-- What a connection's channel is told of next, and when it was told last.
create table availability (
    connection_id   uuid primary key references connection,
    -- What is told is about this, in the order of its versions.
    availability_id uuid        not null default gen_random_uuid(),
    version         bigint      not null default 0,
    told_at         timestamptz,
    -- Which examinations; none: nothing is to be told.
    service_ids     uuid[]      not null,
    starts          timestamptz not null,
    ends            timestamptz
);
create index availability_untold on availability (told_at) where service_ids <> '{}';

alter table availability_change enable row level security;
alter table availability_change force row level security;
alter table availability enable row level security;
alter table availability force row level security;
-- Whoever may take a resource's time notes that it did; Careway alone reads it.
create policy availability_change_read on availability_change using (caller_is_system());
create policy availability_change_note on availability_change for insert with check (
    provider_id = caller_organization()
    or provider_id in (select c.provider_id from connection c where c.channel_id = caller_organization()));
create policy availability_system on availability using (caller_is_system()) with check (caller_is_system());
grant select, insert, update, delete on availability_change to channels_app;
grant select, insert, update on availability to channels_app;

-- Whatever is taken or given back is noted with it, whoever does so.
create function note_availability() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    insert into availability_change (provider_id, resource_id, starts, ends)
    select provider_id, resource_id, lower(span), upper(span) from changed;
    return null;
end
$$;
create trigger occupation_taken after insert on occupation referencing new table as changed
    for each statement execute function note_availability();
create trigger occupation_freed after delete on occupation referencing old table as changed
    for each statement execute function note_availability();
