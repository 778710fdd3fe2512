-- What may be booked of a service, kept as it is until the transaction ends: whoever changes the provider's calendars or
-- connections waits, and whoever waited for that sees what it came to. Each statement sees what was committed before it.
create or replace function lock_bookable(in_service uuid) returns setof bookable
language plpgsql set search_path = public, pg_temp as $$
declare of_provider uuid;
begin
    select b.provider_id into of_provider from bookable b where b.service_id = in_service limit 1;
    perform pg_advisory_xact_lock_shared(bookable_key(of_provider));
    return query select * from bookable b where b.service_id = in_service;
end $$;

revoke execute on function lock_bookable from public;
grant execute on function lock_bookable to channels_app;
