-- The facts of one renewal under its household's lock, and the renewal that stands of it, if one does; with the last day
-- that the card has by now.
create or replace function renewal_lock_standing(in_item uuid, in_authority uuid, in_now timestamptz)
returns table (facts json, standing json) language plpgsql set search_path = public, pg_temp as $$
begin
    facts := renewal_lock(array[in_item], in_authority, 'infinity', 'infinity', in_now);
    select json_build_object('renewal_id', r.renewal_id, 'renewed_at', r.renewed_at, 'valid_to', r.valid_to,
        'agency_id', r.agency_id, 'card_ends', p.last_day, 'collects', (
            -- The agency that the item names, or whoever has its participants by now.
            with recursive collecting as (
                select a.agency_id, a.successor_id from agency a
                where a.authority_id = i.authority_id and a.agency_id = i.agency_id
                union all
                select a.agency_id, a.successor_id from collecting join agency a
                    on a.authority_id = in_authority and a.agency_id = collecting.successor_id)
            select c.agency_id from collecting c where c.successor_id is null))
    into standing
    from renewal_item i
    join renewal r on r.renewal_id = i.renewal_id
    join participant p on p.participant_id = r.participant_id
    where i.renewal_item_id = in_item and i.authority_id = in_authority;
    return next;
end $$;

revoke execute on function renewal_lock_standing from public;
grant execute on function renewal_lock_standing to renewals_app;
