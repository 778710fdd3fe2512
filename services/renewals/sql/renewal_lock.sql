-- The facts of these renewals, under the lock of everybody in their households: two payments of one household wait for each
-- other, so that each person has a rank of their own.
create or replace function renewal_lock(in_items uuid[], in_party uuid, in_from date, in_to date, in_now timestamptz)
returns json language plpgsql set search_path = public, pg_temp as $$
begin
    perform household_lock(in_items, in_party);
    -- In the order in which a list of renewal data locks them.
    perform from renewal_item where renewal_item_id = any (in_items) order by renewal_item_id for update;
    -- A statement of its own sees what others committed while this one waited.
    return renewal_facts(in_items, in_party, in_from, in_to, in_now);
end $$;

revoke execute on function renewal_lock from public;
grant execute on function renewal_lock to renewals_app;
