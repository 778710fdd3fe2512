-- Who of the households of these renewals paid in a span, and at which rank, whichever agency took it: the ladder is the
-- household's. Meanwhile it sees the rows of every organization, so this is where its caller is checked.
create or replace function household_payers(in_items uuid[], in_party uuid, in_from date, in_to date)
returns table (participant uuid, rank integer) language plpgsql set search_path = public, pg_temp as $$
declare purpose text := coalesce(current_setting('careway.purpose', true), '');
begin
    if in_party is distinct from caller_organization() then
        return;
    end if;
    perform set_config('careway.purpose', 'households', true);
    return query
        select r.participant_id, min(r.rank) from renewal r
        where r.state = 'RENEWED' and r.paid_on between in_from and in_to and exists (
            select from renewal_item i
            join participant own on own.authority_id = i.authority_id and own.bhxh_number = i.bhxh_number
            where i.renewal_item_id = any (in_items) and in_party in (i.agency_id, i.authority_id)
              and own.authority_id = r.authority_id and own.household <> '' and own.household = r.household)
        group by r.participant_id;
    perform set_config('careway.purpose', purpose, true);
end $$;

revoke execute on function household_payers from public;
grant execute on function household_payers to renewals_app;
