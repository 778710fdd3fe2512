-- The advisory lock of what may be booked of a provider: shared by whoever books, alone of whoever changes calendars, examinations or
-- connections.
create or replace function bookable_key(in_provider uuid) returns bigint
language sql immutable set search_path = public, pg_temp as $$
    select hashtextextended('bookable', hashtextextended(in_provider::text, 0))
$$;

revoke execute on function bookable_key from public;
grant execute on function bookable_key to channels_app;
