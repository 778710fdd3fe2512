-- Locks everybody in the households of these renewals, whichever agency has them: two payments of one household wait for each
-- other. Meanwhile it sees the rows of every organization, so this is where its caller is checked.
create or replace function household_lock(in_items uuid[], in_party uuid) returns void
language plpgsql set search_path = public, pg_temp as $$
declare purpose text := coalesce(current_setting('careway.purpose', true), '');
begin
    if in_party is distinct from caller_organization() then
        return;
    end if;
    perform set_config('careway.purpose', 'households', true);
    perform from participant p
    where exists (
        select from renewal_item i join participant own
            on own.authority_id = i.authority_id and own.bhxh_number = i.bhxh_number
        where i.renewal_item_id = any (in_items) and in_party in (i.agency_id, i.authority_id)
          and own.authority_id = p.authority_id
          and (own.participant_id = p.participant_id or own.household <> '' and own.household = p.household))
    order by p.participant_id for update;
    perform set_config('careway.purpose', purpose, true);
end $$;

revoke execute on function household_lock from public;
grant execute on function household_lock to renewals_app;
