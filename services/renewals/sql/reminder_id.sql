-- An id that sorts by an instant (UUIDv7), for rows that are made many at once.
create or replace function reminder_id(made_at timestamptz) returns uuid
language sql volatile set search_path = public, pg_temp as $$
    select encode(set_byte(marked, 6, (get_byte(marked, 6) & 15) | 112), 'hex')::uuid
    from (select overlay(uuid_send(gen_random_uuid())
              placing substring(int8send((extract(epoch from made_at) * 1000)::bigint) from 3) from 1 for 6) as marked) made
$$;

revoke execute on function reminder_id from public;
grant execute on function reminder_id to renewals_app;
